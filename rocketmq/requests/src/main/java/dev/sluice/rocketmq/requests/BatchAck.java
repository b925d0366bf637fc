package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Acknowledges many popped messages of one group and topic on one broker ({@link
 * RequestCode#BATCH_ACK_MESSAGE}, 5.x). The answer is one for all of them, and success for void and
 * invented handles too.
 */
public final class BatchAck extends JsonBodyRequest {
  /** How far a message may be from where its pop began; the broker scans fewer in one pop. */
  static final int MAX_SPREAD = 1 << 16;

  /** Messages of one pop of one queue share everything but their offset. */
  private record Pop(
      long startOffset, long popTime, long invisible, int revive, TopicKind kind, int queueId) {}

  private final String group;
  private final String topic;

  private BatchAck(String group, String topic, byte[] body) {
    super(RequestCode.BATCH_ACK_MESSAGE, body);
    this.group = group;
    this.topic = topic;
  }

  /**
   * A request for these handles.
   *
   * @param topic the topic that was asked for when popping
   * @param handles the messages' newest handles, at least one, all of one broker
   * @throws WireException for handles of different brokers, and for one whose offset is not within
   *     65,536 of where its pop began
   */
  public static BatchAck of(String group, String topic, List<PopHandle> handles) {
    if (handles.isEmpty()) {
      throw WireException.invalid("handles: 0 (expected: at least 1)");
    }
    String brokerName = handles.getFirst().brokerName();
    Map<Pop, BitSet> pops = new LinkedHashMap<>();
    for (PopHandle handle : handles) {
      if (!handle.brokerName().equals(brokerName)) {
        throw WireException.invalid(
            "broker of a handle: " + handle.brokerName() + " (expected: " + brokerName + ")");
      }
      long bit = handle.queueOffset() - handle.startOffset();
      if (bit < 0 || bit >= MAX_SPREAD) {
        throw WireException.invalid(
            "offset of a handle: "
                + handle.queueOffset()
                + " (expected: "
                + handle.startOffset()
                + " and less than "
                + MAX_SPREAD
                + " more)");
      }
      Pop pop =
          new Pop(
              handle.startOffset(),
              handle.popTime(),
              handle.invisibleMillis(),
              handle.reviveQueueId(),
              handle.kind(),
              handle.queueId());
      pops.computeIfAbsent(pop, key -> new BitSet()).set((int) bit);
    }
    return new BatchAck(group, topic, body(group, topic, brokerName, pops));
  }

  private static byte[] body(String group, String topic, String brokerName, Map<Pop, BitSet> pops) {
    return JsonBody.write(
        out -> {
          out.writeStringField("brokerName", brokerName);
          out.writeArrayFieldStart("acks");
          for (Map.Entry<Pop, BitSet> each : pops.entrySet()) {
            Pop pop = each.getKey();
            out.writeStartObject();
            out.writeStringField("c", group);
            out.writeStringField("t", topic);
            out.writeStringField("r", Integer.toString(pop.kind().number()));
            out.writeNumberField("so", pop.startOffset());
            out.writeNumberField("q", pop.queueId());
            out.writeNumberField("rq", pop.revive());
            out.writeNumberField("pt", pop.popTime());
            out.writeNumberField("it", pop.invisible());
            out.writeBinaryField("b", each.getValue().toByteArray());
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }

  /** The consumer group. */
  public String group() {
    return group;
  }

  /** The topic. */
  public String topic() {
    return topic;
  }
}
