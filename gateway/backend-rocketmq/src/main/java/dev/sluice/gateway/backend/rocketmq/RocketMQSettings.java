package dev.sluice.gateway.backend.rocketmq;

import java.time.Duration;

/**
 * How upstreams of RocketMQ behave.
 *
 * @param producerGroup whom brokers file all senders under; not empty
 * @param connectTimeout until an attempt to connect counts as failed; more than 0
 * @param callTimeout for what takes no timeout of its own, as acknowledgements; more than 0
 * @param maxCallsInFlight for each connection, which is one per broker and event loop; from 1.
 *     Waiting receives count. Beyond it calls fail as OVERLOADED
 * @param maxBytesInFlight likewise, of requests that are not answered yet; from 1
 */
public record RocketMQSettings(
    String producerGroup,
    Duration connectTimeout,
    Duration callTimeout,
    int maxCallsInFlight,
    long maxBytesInFlight) {

  /** Settings that fit a gateway. */
  public static final RocketMQSettings DEFAULT =
      new RocketMQSettings(
          "sluice", Duration.ofSeconds(3), Duration.ofSeconds(3), 16_384, 64L << 20);

  public RocketMQSettings {
    if (producerGroup.isBlank()) {
      throw new IllegalArgumentException(
          "producerGroup: '" + producerGroup + "' (expected: not blank)");
    }
    requirePositive("connectTimeout", connectTimeout.toNanos());
    requirePositive("callTimeout", callTimeout.toNanos());
    requirePositive("maxCallsInFlight", maxCallsInFlight);
    requirePositive("maxBytesInFlight", maxBytesInFlight);
  }

  private static void requirePositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
