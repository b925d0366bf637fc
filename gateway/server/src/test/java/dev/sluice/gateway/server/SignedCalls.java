package dev.sluice.gateway.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc.MessagingServiceBlockingV2Stub;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc.MessagingServiceStub;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.SystemProperties;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.MetadataUtils;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Calls of the second service on one connection, signed as official clients do. */
record SignedCalls(Channel channel) {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final AtomicInteger MESSAGES = new AtomicInteger();

  static SignedCalls by(String accessKey, String secret, Channel channel) {
    return by(accessKey, secret, Duration.ZERO, channel);
  }

  /** The same with a clock that is so far off. */
  static SignedCalls by(String accessKey, String secret, Duration off, Channel channel) {
    String date = DATE.format(Instant.now().plus(off));
    Metadata headers = unsigned();
    headers.put(key("x-mq-date-time"), date);
    headers.put(
        key("authorization"),
        "MQv2-HMAC-SHA1 Credential="
            + accessKey
            + ", SignedHeaders=x-mq-date-time, Signature="
            + HexFormat.of().formatHex(hmac(secret, date)));
    return with(headers, channel);
  }

  static SignedCalls ofNobody(Channel channel) {
    return with(unsigned(), channel);
  }

  private static SignedCalls with(Metadata headers, Channel channel) {
    return new SignedCalls(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  private static Metadata unsigned() {
    Metadata headers = new Metadata();
    headers.put(key("x-mq-client-id"), "test");
    return headers;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static byte[] hmac(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA1"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  MessagingServiceBlockingV2Stub stub() {
    return MessagingServiceGrpc.newBlockingV2Stub(channel);
  }

  MessagingServiceStub asynchronous() {
    return MessagingServiceGrpc.newStub(channel);
  }

  /** What sending one message to a topic is answered. */
  Status send(String topic) throws StatusException {
    return stub()
        .sendMessage(
            SendMessageRequest.newBuilder()
                .addMessages(
                    Message.newBuilder()
                        .setTopic(Resource.newBuilder().setName(topic))
                        .setBody(ByteString.copyFromUtf8("x"))
                        .setSystemProperties(
                            SystemProperties.newBuilder()
                                .setMessageId("M" + MESSAGES.incrementAndGet())
                                .setBodyEncoding(Encoding.IDENTITY)))
                .build())
        .getStatus();
  }

  Code sent(String topic) throws StatusException {
    return send(topic).getCode();
  }
}
