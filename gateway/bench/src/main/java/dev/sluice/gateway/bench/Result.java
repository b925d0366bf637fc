package dev.sluice.gateway.bench;

import java.util.List;
import java.util.Optional;

/**
 * What was measured.
 *
 * @param endedEarly whether it was told to end before it was over
 * @param seconds how long messages counted
 * @param finished how many came through: stored, and delivered where they are received
 * @param perSecond how many came through in a second
 * @param sends from when messages were due until their senders knew that they are stored
 * @param deliveries the same until a consumer had them; empty where nothing is received
 * @param lateness from when messages were due until they began: what the load generator, and a
 *     gateway that has too many under way, added
 * @param failures what failed, by reasons
 * @param failedBefore what failed before messages counted
 * @param unsent messages that were due and had not begun when it ended
 * @param repeated messages that came to the consumer again, or although they had failed
 * @param course second by second
 */
public record Result(
    Plan plan,
    boolean endedEarly,
    double seconds,
    long finished,
    double perSecond,
    Latencies sends,
    Optional<Latencies> deliveries,
    Latencies lateness,
    List<Failure> failures,
    long failedBefore,
    long unsent,
    long repeated,
    List<Second> course) {
  /** Copies the lists. */
  public Result {
    failures = List.copyOf(failures);
    course = List.copyOf(course);
  }

  /** How often something failed while messages counted. */
  public long failed() {
    return failures.stream().mapToLong(Failure::count).sum();
  }

  /** The latency that the run is about. */
  public Latencies latencies() {
    return deliveries.orElse(sends);
  }

  double megabytesPerSecond() {
    return perSecond * plan.bodyBytes() / 1e6;
  }
}
