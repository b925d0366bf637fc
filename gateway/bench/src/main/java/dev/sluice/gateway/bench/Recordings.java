package dev.sluice.gateway.bench;

import java.time.Duration;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Everything that is measured in one run. Memory is the same however long it runs. For any thread,
 * without locks.
 */
final class Recordings {
  private static final long LONGEST = Duration.ofHours(25).toNanos();
  private static final int DIGITS = 3;

  private final Window window;
  private final boolean receives;
  private final Recorder sends = new Recorder(LONGEST, DIGITS);
  private final Recorder deliveries = new Recorder(LONGEST, DIGITS);
  private final Recorder lateness = new Recorder(LONGEST, DIGITS);
  private final Recorder lately = new Recorder(LONGEST, DIGITS);
  private final LongAdder finished = new LongAdder();
  private final LongAdder finishedInTime = new LongAdder();
  private final LongAccumulator lastFinish;
  private final LongAdder unsent = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder failedLately = new LongAdder();
  private final LongAdder failedBefore = new LongAdder();
  private final Failures failures = new Failures();

  Recordings(Window window, Mode mode) {
    this.window = window;
    this.receives = mode == Mode.SEND_RECEIVE;
    this.lastFinish = new LongAccumulator((a, b) -> a - b > 0 ? a : b, window.begin());
  }

  /** A message began, that much after it was due. */
  void begun(long due, long now) {
    if (window.counts(due)) {
      record(lateness, now - due);
    }
  }

  /** A message that was due then is stored, as the sender learnt now. */
  void stored(long due, long now) {
    if (window.counts(due)) {
      record(sends, now - due);
    }
    if (!receives) {
      record(lately, now - due);
    }
  }

  /** The same message is with a consumer. */
  void delivered(long due, long now) {
    if (window.counts(due)) {
      record(deliveries, now - due);
    }
    record(lately, now - due);
  }

  /** All that is waited for of a message has come. */
  void finished(long due, long now) {
    if (now - window.begin() >= 0 && now - window.end() < 0) {
      finishedInTime.increment();
    }
    if (window.counts(due)) {
      finished.increment();
      lastFinish.accumulate(now);
    }
  }

  /** Something of a message that was due then failed. */
  void failed(long due, String step, String code, String message) {
    failedLately.increment();
    if (window.counts(due)) {
      failures.add(step, code, 1, message);
    } else {
      failedBefore.increment();
    }
  }

  /** Something that belongs to no message in particular failed now. */
  void failedBeside(String step, String code, String message) {
    failedLately.increment();
    if (System.nanoTime() - window.begin() >= 0) {
      failures.add(step, code, 1, message);
    } else {
      failedBefore.increment();
    }
  }

  /** So many messages were due and have not begun until the end. They took longer than that. */
  void unsent(long due, long end, long count) {
    if (count == 0) {
      return;
    }
    unsent.add(count);
    long nanos = Math.clamp(end - due, 0, LONGEST);
    sends.recordValueWithCount(nanos, count);
    if (receives) {
      deliveries.recordValueWithCount(nanos, count);
    }
    lateness.recordValueWithCount(nanos, count);
  }

  /** A message came that nothing waits for any more. */
  void repeated() {
    repeated.increment();
  }

  private static void record(Recorder recorder, long nanos) {
    recorder.recordValue(Math.clamp(nanos, 0, LONGEST));
  }

  /** What has ended since this was last asked, on its way into {@code before}. */
  Histogram lately(Histogram before) {
    return lately.getIntervalHistogram(before);
  }

  /** A histogram to begin with. */
  Histogram lately() {
    return lately.getIntervalHistogram();
  }

  /** What has failed since this was last asked. */
  long failedLately() {
    return failedLately.sumThenReset();
  }

  /** To be asked once, when nothing is recorded any more. */
  Latencies sends() {
    return new Latencies(sends.getIntervalHistogram());
  }

  /** The same. */
  Latencies deliveries() {
    return new Latencies(deliveries.getIntervalHistogram());
  }

  /** The same. */
  Latencies lateness() {
    return new Latencies(lateness.getIntervalHistogram());
  }

  long finished() {
    return finished.sum();
  }

  long finishedInTime() {
    return finishedInTime.sum();
  }

  /** When the last one that counts had all; the window's begin where none had. */
  long lastFinish() {
    return lastFinish.get();
  }

  long unsent() {
    return unsent.sum();
  }

  long repeats() {
    return repeated.sum();
  }

  long failedBefore() {
    return failedBefore.sum();
  }

  Failures failures() {
    return failures;
  }
}
