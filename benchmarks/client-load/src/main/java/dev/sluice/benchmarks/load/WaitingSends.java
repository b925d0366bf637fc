package dev.sluice.benchmarks.load;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One thread that sends one message after the other and waits for each. */
final class WaitingSends {
  private final Sender sender;
  private final byte[] body;
  private long stored;
  private long failed;
  private String firstFailure = "";

  WaitingSends(Sender sender, byte[] body) {
    this.sender = sender;
    this.body = body;
  }

  void run(int warmUpSeconds, int measureSeconds) {
    send(warmUpSeconds, null);
    stored = 0;
    failed = 0;
    Report report = Report.begin();
    send(measureSeconds, report);
    report.end(stored, failed, 0, firstFailure);
  }

  private void send(int seconds, @Nullable Report report) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (long begin = System.nanoTime(); begin - end < 0; ) {
      try {
        sender.send(body);
        stored++;
      } catch (Exception e) {
        failed++;
        firstFailure = firstFailure.isEmpty() ? e.toString() : firstFailure;
      }
      long now = System.nanoTime();
      if (report != null) {
        report.latency(now - begin);
      }
      begin = now;
    }
  }
}
