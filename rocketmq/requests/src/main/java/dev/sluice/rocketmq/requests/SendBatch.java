package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends several messages of one topic to one queue ({@link RequestCode#SEND_BATCH_MESSAGE}); all of
 * them are stored, or none. None may be delayed or transactional.
 *
 * @param producerGroup the group of the sender
 * @param topic the topic
 * @param queueId the queue on the broker; -1 lets the broker choose
 * @param systemFlags of the whole batch: all bodies are compressed in the same way, or none is
 * @param bornTimestamp of the whole batch, in milliseconds since 1970
 * @param brokerName the broker that the queue is on, needed for topics that span brokers
 * @param messages the messages, in the order in which they are stored; at least one
 * @param template what the topic is made after if this batch creates it
 */
public record SendBatch(
    String producerGroup,
    String topic,
    int queueId,
    int systemFlags,
    long bornTimestamp,
    @Nullable String brokerName,
    List<Member> messages,
    TopicTemplate template)
    implements Request<SendReply> {

  /** Keeps the messages from changing. */
  public SendBatch {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw WireException.invalid("messages of a batch: 0 (expected: at least 1)");
    }
  }

  /** The same with the usual template. */
  public SendBatch(
      String producerGroup,
      String topic,
      int queueId,
      int systemFlags,
      long bornTimestamp,
      @Nullable String brokerName,
      List<Member> messages) {
    this(
        producerGroup,
        topic,
        queueId,
        systemFlags,
        bornTimestamp,
        brokerName,
        messages,
        TopicTemplate.DEFAULT);
  }

  /** One message of a batch, with its encoded size worked out once. Immutable. */
  public static final class Member {
    private static final int FIXED = 4 + 4 + 4 + 4 + 4 + 2;

    private final int flag;
    private final String properties;
    private final ByteBuffer body;
    private final int encodedSize;

    private Member(int flag, String properties, ByteBuffer body, int encodedSize) {
      this.flag = flag;
      this.properties = properties;
      this.body = body;
      this.encodedSize = encodedSize;
    }

    /**
     * A message.
     *
     * @param flag the application's own flag
     * @param properties the properties as {@link MessageProperties#encode} wrote them
     * @param body the body; must not change until the request is answered
     * @throws WireException for properties that are too long
     */
    public static Member of(int flag, String properties, ByteBuffer body) {
      int size = MessageProperties.checkLength(properties);
      return new Member(flag, properties, body, Math.addExact(FIXED + size, body.remaining()));
    }

    /**
     * The same with one property more, behind the others.
     *
     * @throws WireException for an empty name, a separator in either, or too much in all
     */
    public Member with(String name, String value) {
      return of(flag, properties + MessageProperties.encode(Map.of(name, value)), body);
    }

    /** The application's own flag. */
    public int flag() {
      return flag;
    }

    /** The encoded properties. */
    public String properties() {
      return properties;
    }

    /** The body; its position and limit are not to be moved. */
    public ByteBuffer body() {
      return body;
    }

    /** How many bytes the message takes in the batch. */
    public int encodedSize() {
      return encodedSize;
    }

    private void write(ByteBuf out) {
      out.writeInt(encodedSize);
      // The broker works out the magic number and the checksum itself.
      out.writeLong(0);
      out.writeInt(flag);
      out.writeInt(body.remaining());
      out.writeBytes(body.duplicate());
      int length = encodedSize - FIXED - body.remaining();
      out.writeShort(length);
      // No more than that is reserved: the buffer may have room for the batch alone.
      ByteBufUtil.reserveAndWriteUtf8(out, properties, length);
    }
  }

  @Override
  public int code() {
    return RequestCode.SEND_BATCH_MESSAGE;
  }

  @Override
  public void writeFields(FieldWriter out) {
    SendMessage.writeFields(
        out,
        producerGroup,
        topic,
        template,
        queueId,
        systemFlags,
        bornTimestamp,
        0,
        "",
        0,
        true,
        brokerName);
  }

  @Override
  public int bodyLength() {
    int length = 0;
    for (Member message : messages) {
      length = Math.addExact(length, message.encodedSize());
    }
    return length;
  }

  @Override
  public void writeBody(ByteBuf out) {
    for (Member message : messages) {
      message.write(out);
    }
  }

  @Override
  public SendReply read(RemotingCommand response) {
    return SendReply.read(code(), response);
  }
}
