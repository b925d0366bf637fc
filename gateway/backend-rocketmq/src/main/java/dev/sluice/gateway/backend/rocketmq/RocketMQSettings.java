package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.remoting.TlsOptions;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How upstreams of RocketMQ behave.
 *
 * @param producerGroup whom brokers file all senders under; not empty
 * @param connectTimeout until an attempt to connect counts as failed; more than 0
 * @param callTimeout for what takes no timeout of its own, as acknowledgements; more than 0
 * @param maxCallsInFlight for each connection, which is one per broker and event loop; from 1.
 *     Waiting receives count. Beyond it calls fail as OVERLOADED
 * @param maxBytesInFlight likewise, of requests that are not answered yet; from 1
 * @param roundsDelaysUp whether brokers of 4.x, which have delay levels only, get a message for a
 *     time that no level meets with the next longer level; refused otherwise
 * @param orderedGroups the groups that consume in order before brokers of 4.x, which cannot be told
 *     so; {@code *} stands for all
 * @param tls to name servers and brokers, or null for none; the files are read when an upstream
 *     starts
 */
public record RocketMQSettings(
    String producerGroup,
    Duration connectTimeout,
    Duration callTimeout,
    int maxCallsInFlight,
    long maxBytesInFlight,
    boolean roundsDelaysUp,
    Set<String> orderedGroups,
    @Nullable TlsOptions tls) {

  private static final String ALL = "*";

  /** Settings that fit a gateway. */
  public static final RocketMQSettings DEFAULT =
      new RocketMQSettings(
          "sluice",
          Duration.ofSeconds(3),
          Duration.ofSeconds(3),
          16_384,
          64L << 20,
          false,
          Set.of(),
          null);

  public RocketMQSettings {
    orderedGroups = Set.copyOf(orderedGroups);
    if (producerGroup.isBlank()) {
      throw new IllegalArgumentException(
          "producerGroup: '" + producerGroup + "' (expected: not blank)");
    }
    requirePositive("connectTimeout", connectTimeout.toNanos());
    requirePositive("callTimeout", callTimeout.toNanos());
    requirePositive("maxCallsInFlight", maxCallsInFlight);
    requirePositive("maxBytesInFlight", maxBytesInFlight);
  }

  /** Whether a group consumes in order before brokers of 4.x. */
  boolean isOrdered(String group) {
    return orderedGroups.contains(group) || orderedGroups.contains(ALL);
  }

  private static void requirePositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
