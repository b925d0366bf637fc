package dev.sluice.eventbus;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message as a broker has it. The body is not copied, and must not be changed.
 *
 * @param topic that it is of
 * @param partition of the topic, by the name that its transport gives it
 * @param offset in the partition
 * @param key that keeps its order; null where it has none
 * @param body of any content
 * @param headers those that it was published with
 * @param timestamp when the broker stored it or the publisher made it, whichever the broker keeps
 * @param attempt 1 for the first time that this handler gets it from this process
 */
@SuppressWarnings("ArrayRecordComponent") // Payloads are not copied, and equal by content here.
public record InboundMessage(
    String topic,
    String partition,
    long offset,
    @Nullable String key,
    byte[] body,
    Map<String, String> headers,
    Instant timestamp,
    int attempt) {

  private static final long OWN_BYTES = 64;

  /** Copies the headers. */
  public InboundMessage {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(timestamp, "timestamp");
    headers = Map.copyOf(headers);
  }

  /** The same in another attempt. */
  public InboundMessage withAttempt(int next) {
    return new InboundMessage(topic, partition, offset, key, body, headers, timestamp, next);
  }

  /** What it counts for in bounds, in bytes: body, key and headers, and something for itself. */
  public int size() {
    long size = OWN_BYTES + body.length + (key == null ? 0 : key.length());
    for (Map.Entry<String, String> header : headers.entrySet()) {
      size += header.getKey().length() + header.getValue().length();
    }
    return (int) Math.min(Integer.MAX_VALUE, size);
  }

  /** Where it is, in words that {@link DeadLetters} understands: {@code partition@offset}. */
  public String position() {
    return partition + '@' + offset;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof InboundMessage that
        && topic.equals(that.topic)
        && partition.equals(that.partition)
        && offset == that.offset
        && Objects.equals(key, that.key)
        && Arrays.equals(body, that.body)
        && headers.equals(that.headers)
        && timestamp.equals(that.timestamp)
        && attempt == that.attempt;
  }

  @Override
  public int hashCode() {
    return Objects.hash(topic, partition, offset, Arrays.hashCode(body));
  }

  /** Without the body and the headers, which are not for logs. */
  @Override
  public String toString() {
    return topic + '/' + position() + " of key " + key + " (" + body.length + " bytes)";
  }
}
