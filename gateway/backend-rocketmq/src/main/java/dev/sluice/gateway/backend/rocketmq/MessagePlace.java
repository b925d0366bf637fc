package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.classic.ClassicHandle;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * Where a delivery's message lies, as its handle says, however often it was renewed.
 *
 * @param stored the topic of the queue: what it was sent to, or one for what came again
 * @param liteTopic the lite topic whose offset it is, or null for the queue's own
 */
record MessagePlace(
    String stored, String broker, int queueId, long offset, @Nullable String liteTopic) {

  /** Reads the handles of one kind. */
  @FunctionalInterface
  interface Reader {

    /**
     * Where the message of a delivery lies.
     *
     * @throws GatewayException INVALID_ARGUMENT about HANDLE for what is no handle
     */
    MessagePlace read(String topic, String group, String handle);
  }

  /** By the handle of a pop. */
  static MessagePlace ofPopped(String topic, String group, String handle) {
    PopHandle parsed;
    try {
      parsed = PopHandle.parse(handle);
    } catch (WireException e) {
      throw GatewayException.invalid(Subject.HANDLE, "handle: " + e.getMessage());
    }
    String lite = parsed.liteTopic();
    return new MessagePlace(
        lite == null ? parsed.kind().storedTopic(topic, group) : "%LMQ%$" + topic + '$' + lite,
        parsed.brokerName(),
        parsed.queueId(),
        parsed.queueOffset(),
        lite);
  }

  /** By the handle of a member of a classic group. */
  static MessagePlace ofClassic(String topic, String group, String handle) {
    ClassicHandle parsed = ClassicHandle.parse(handle);
    return new MessagePlace(
        parsed.storedTopic(topic, group), parsed.broker(), parsed.queueId(), parsed.offset(), null);
  }
}
