package dev.sluice.gateway.frontend.v2;

import com.google.protobuf.UnsafeByteOperations;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.OutboundMessage;
import java.util.Objects;

/** Messages of transactions, as those who sent them are asked about them. */
final class HalfMessages {

  private HalfMessages() {}

  /**
   * Makes the message.
   *
   * @param asked the topic as the producer wrote it
   */
  static Message message(Resource asked, OutboundMessage sent) {
    var system =
        SystemProperties.newBuilder()
            .addAllKeys(sent.keys())
            .setMessageId(Objects.requireNonNullElse(sent.id(), ""))
            .setBodyDigest(BodyDigests.md5(sent.body()))
            .setBodyEncoding(
                sent.encoding() == BodyEncoding.GZIP ? Encoding.GZIP : Encoding.IDENTITY)
            .setMessageType(MessageType.TRANSACTION)
            .setBornTimestamp(Times.timestamp(sent.bornAt()))
            .setBornHost(sent.bornHost());
    if (sent.tag() != null) {
      system.setTag(sent.tag());
    }
    return Message.newBuilder()
        .setTopic(ResourceNames.resource(asked, sent.topic()))
        .putAllUserProperties(sent.properties())
        .setSystemProperties(system)
        // Never changed by anyone: it may be sent as it lies.
        .setBody(UnsafeByteOperations.unsafeWrap(sent.body().duplicate()))
        .build();
  }
}
