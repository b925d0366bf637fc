package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.EventBusException;
import java.time.Duration;
import java.util.Objects;

/**
 * How a relay works.
 *
 * @param interval how often it looks for events that others than this process appended; above zero,
 *     at most an hour
 * @param batchSize events read at a time, 1 to 10,000
 * @param batchBytes of payloads read at a time, at least 1; the first event of a batch may be
 *     larger
 * @param parallelism batches at a time, each of which has a connection; 1 to 64
 * @param batchTime after which a batch starts to publish no further events; above zero, at most an
 *     hour. The rows of a batch stay locked for that and one publish timeout at most.
 * @param publishTimeout after which an event counts as failed whose publishing has not ended, with
 *     an unknown outcome; longer than the bus's own, at most a day
 * @param backoff between attempts of an event that fails, and between looks while none succeeds
 */
public record RelayOptions(
    Duration interval,
    int batchSize,
    long batchBytes,
    int parallelism,
    Duration batchTime,
    Duration publishTimeout,
    Backoff backoff) {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  /** Checks the bounds. */
  public RelayOptions {
    Objects.requireNonNull(backoff, "backoff");
    checkTime("interval", interval, HOUR);
    checkTime("batchTime", batchTime, HOUR);
    checkTime("publishTimeout", publishTimeout, DAY);
    if (batchSize < 1 || batchSize > 10_000) {
      throw EventBusException.invalid("batchSize", batchSize, "1 to 10000");
    }
    if (batchBytes < 1) {
      throw EventBusException.invalid("batchBytes", batchBytes, ">= 1");
    }
    if (parallelism < 1 || parallelism > OutboxDatabase.BUCKETS) {
      throw EventBusException.invalid("parallelism", parallelism, "1 to " + OutboxDatabase.BUCKETS);
    }
  }

  private static void checkTime(String name, Duration time, Duration longest) {
    Objects.requireNonNull(time, name);
    if (!time.isPositive() || time.compareTo(longest) > 0) {
      throw EventBusException.invalid(name, time, "> 0 and <= " + longest);
    }
  }

  /** Every second, 100 events or 8 MiB in each of 4 batches, 5 s for a batch, 60 s to publish. */
  public static RelayOptions standard() {
    return new RelayOptions(
        Duration.ofSeconds(1),
        100,
        8L << 20,
        4,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        Backoff.standard());
  }

  /** Looking this often. */
  public RelayOptions interval(Duration time) {
    return new RelayOptions(
        time, batchSize, batchBytes, parallelism, batchTime, publishTimeout, backoff);
  }

  /** With so many batches at a time of so many events and bytes. */
  public RelayOptions batches(int atATime, int events, long bytes) {
    return new RelayOptions(interval, events, bytes, atATime, batchTime, publishTimeout, backoff);
  }

  /** With so much time to begin publishing what was read, and for each event to be published. */
  public RelayOptions times(Duration ofBatch, Duration ofPublishing) {
    return new RelayOptions(
        interval, batchSize, batchBytes, parallelism, ofBatch, ofPublishing, backoff);
  }

  /** With these waits. */
  public RelayOptions backoff(Backoff waits) {
    return new RelayOptions(
        interval, batchSize, batchBytes, parallelism, batchTime, publishTimeout, waits);
  }
}
