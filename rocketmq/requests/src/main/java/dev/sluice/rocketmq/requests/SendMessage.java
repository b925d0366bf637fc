package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends one message ({@link RequestCode#SEND_MESSAGE_V2}).
 *
 * @param producerGroup the group of the sender, which is asked how transactions ended
 * @param topic the topic
 * @param queueId the queue on the broker; -1 lets the broker choose
 * @param systemFlags see {@link SystemFlags}
 * @param bornTimestamp when the message was made, in milliseconds since 1970
 * @param flag the application's own flag
 * @param properties the properties as {@link MessageProperties#encode} wrote them
 * @param reconsumeTimes how often the message came again, 0 for a new one
 * @param brokerName the broker that the queue is on, needed for topics that span brokers
 * @param body the body; must not change until the request is answered. It can be left out of the
 *     frame by {@link FrameEncoder#encodeHeader(Request, int, boolean, int, ByteBuf)} and follow as
 *     a buffer of its own.
 * @param template what the topic is made after if this message creates it
 */
public record SendMessage(
    String producerGroup,
    String topic,
    int queueId,
    int systemFlags,
    long bornTimestamp,
    int flag,
    String properties,
    int reconsumeTimes,
    @Nullable String brokerName,
    ByteBuffer body,
    TopicTemplate template)
    implements Request<SendReply> {

  /** The same with the usual template. */
  public SendMessage(
      String producerGroup,
      String topic,
      int queueId,
      int systemFlags,
      long bornTimestamp,
      int flag,
      String properties,
      int reconsumeTimes,
      @Nullable String brokerName,
      ByteBuffer body) {
    this(
        producerGroup,
        topic,
        queueId,
        systemFlags,
        bornTimestamp,
        flag,
        properties,
        reconsumeTimes,
        brokerName,
        body,
        TopicTemplate.DEFAULT);
  }

  /** A new message with no flag of its own. */
  public static SendMessage of(
      String producerGroup,
      String topic,
      int queueId,
      long bornTimestamp,
      String properties,
      ByteBuffer body) {
    return new SendMessage(
        producerGroup, topic, queueId, 0, bornTimestamp, 0, properties, 0, null, body);
  }

  @Override
  public int code() {
    return RequestCode.SEND_MESSAGE_V2;
  }

  @Override
  public void writeFields(FieldWriter out) {
    writeFields(
        out,
        producerGroup,
        topic,
        template,
        queueId,
        systemFlags,
        bornTimestamp,
        flag,
        properties,
        reconsumeTimes,
        false,
        brokerName);
  }

  /** The one-letter fields that single and batch sends have in common. */
  static void writeFields(
      FieldWriter out,
      String producerGroup,
      String topic,
      TopicTemplate template,
      int queueId,
      int systemFlags,
      long bornTimestamp,
      int flag,
      String properties,
      int reconsumeTimes,
      boolean batch,
      @Nullable String brokerName) {
    out.field("a", producerGroup)
        .field("b", topic)
        .field("c", template.topic())
        .field("d", template.queues())
        .field("e", queueId)
        .field("f", systemFlags)
        .field("g", bornTimestamp)
        .field("h", flag)
        .field("i", properties)
        .field("j", reconsumeTimes)
        .field("k", false)
        .field("m", batch)
        .field("n", brokerName);
  }

  @Override
  public int bodyLength() {
    return body.remaining();
  }

  @Override
  public void writeBody(ByteBuf out) {
    out.writeBytes(body.duplicate());
  }

  @Override
  public SendReply read(RemotingCommand response) {
    return SendReply.read(code(), response);
  }
}
