package dev.sluice.benchmarks.sdk;

import dev.sluice.benchmarks.load.Report;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.jspecify.annotations.Nullable;

/** Counts a group's messages, each once, and may report from the first to the last. */
final class Handling implements MessageListener {

  private final int count;
  private final boolean measured;
  private final AtomicBoolean begun = new AtomicBoolean();
  // Bounded by the number of messages that there are.
  private final Set<String> handled = ConcurrentHashMap.newKeySet();
  private final AtomicInteger missing;
  private final LongAdder repeated = new LongAdder();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile @Nullable Report report;

  Handling(int count, boolean measured) {
    this.count = count;
    this.measured = measured;
    this.missing = new AtomicInteger(count);
  }

  @Override
  public ConsumeResult consume(MessageView message) {
    if (measured && begun.compareAndSet(false, true)) {
      report = Report.begin();
    }
    if (!handled.add(message.getMessageId().toString())) {
      repeated.increment();
    } else if (missing.decrementAndGet() == 0) {
      Report running = report;
      if (running != null) {
        running.end(count, 0, repeated.sum(), "");
      }
      over.countDown();
    }
    return ConsumeResult.SUCCESS;
  }

  /** Waits until all are handled, or the time is over. */
  void await(int seconds) throws InterruptedException {
    var _ = over.await(seconds, TimeUnit.SECONDS);
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  int handled() {
    return handled.size();
  }
}
