package dev.sluice.gateway.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** A run second by second. On the thread that measures. */
final class Course {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final double MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final Window window;
  private final Recordings recordings;
  private final Progress progress;
  private final List<Second> seconds = new ArrayList<>();
  private Histogram lately;
  private long last;

  Course(Window window, Recordings recordings, Progress progress, long start) {
    this.window = window;
    this.recordings = recordings;
    this.progress = progress;
    this.lately = recordings.lately();
    this.last = start;
  }

  /** When to look next: whole seconds from when messages begin to count, before that too. */
  long next() {
    long since = last - window.begin();
    return window.begin() + (Math.floorDiv(since, SECOND) + 1) * SECOND;
  }

  /** Looks at what came since the last look. */
  void look(long now) {
    double seconds = (now - last) / (double) SECOND;
    if (seconds < 0.5) {
      // Too little to tell a rate by; it goes into the next one, if there is one.
      return;
    }
    lately = recordings.lately(lately);
    long count = lately.getTotalCount();
    boolean counts = last - window.begin() >= 0;
    double at = (now - window.begin()) / (double) SECOND;
    Second second =
        new Second(
            counts ? at : Math.min(at, 0),
            count / seconds,
            count == 0 ? 0 : lately.getValueAtPercentile(50) / MILLISECOND,
            count == 0 ? 0 : lately.getValueAtPercentile(99) / MILLISECOND,
            recordings.failedLately());
    if (counts) {
      this.seconds.add(second);
    }
    last = now;
    progress.second(second);
  }

  /** Those in which messages counted. */
  List<Second> seconds() {
    return List.copyOf(seconds);
  }
}
