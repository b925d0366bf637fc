package dev.sluice.eventbus.outbox;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A relay at work: one thread looks which buckets have something, and one each publishes it. */
final class RelayRun implements BoundedCloseable {
  private static final Logger log = LoggerFactory.getLogger(RelayRun.class);

  private final JdbcOutbox outbox;
  private final DataSource dataSource;
  private final EnvelopePublisher publisher;
  private final RelayOptions options;
  private final Wakes wakes = new Wakes();
  private final Outage outage;
  private final Semaphore permits;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Those that are being published by this relay; each leaves when its batch ends. */
  private final Map<Integer, BucketBatch> inWork = new ConcurrentHashMap<>();

  private final LongAdder published = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final AtomicInteger publishing = new AtomicInteger();
  private final RelayTasks tasks;
  private final BoundedCloseable closing;

  RelayRun(
      JdbcOutbox outbox,
      DataSource dataSource,
      EnvelopePublisher publisher,
      RelayOptions options,
      RelayTasks tasks) {
    this.outbox = outbox;
    this.dataSource = dataSource;
    this.publisher = publisher;
    this.options = options;
    this.tasks = tasks;
    this.outage = new Outage(options.backoff());
    this.permits = new Semaphore(options.parallelism());
    this.closing =
        StagedClose.named("relay")
            .action("claim no more", this::stop)
            .stage("await what is being published", 0.6, deadline -> tasks.end())
            .action("await it no longer", () -> inWork.values().forEach(BucketBatch::abandon))
            .stage("give claims back", 0.6, deadline -> tasks.end())
            .action("interrupt", tasks::interrupt)
            .stage("end tasks", deadline -> tasks.end())
            .action("free", tasks::free)
            .build();
  }

  void begin() {
    outbox.add(wakes);
    tasks.start("outbox-relay", this::lookOut);
  }

  private void stop() {
    outbox.remove(wakes);
    stopped.countDown();
    wakes.wake();
  }

  boolean isStopping() {
    return stopped.getCount() == 0;
  }

  private void lookOut() {
    try {
      while (!isStopping()) {
        Duration rest = options.interval();
        try {
          rest = look();
        } catch (SQLException | RuntimeException e) {
          databaseFailed(e);
        }
        wakes.await(rest);
        boolean unused = stopped.await(outage.remaining().toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      // Its end was asked for.
    }
  }

  private void databaseFailed(Exception failure) {
    log.warn("The outbox cannot be read now: {}", failure.toString());
    outage.failed(failure.toString());
  }

  /** Has batches begun where there is something, and says how long there is nothing to look for. */
  private Duration look() throws SQLException {
    long now = System.currentTimeMillis();
    List<Integer> due;
    OptionalLong next;
    try (RelayConnection opened = RelayConnection.open(dataSource)) {
      due = RelayTables.due(opened.connection(), now);
      next = RelayTables.nextAttempt(opened.connection(), now);
    }
    // Relays that look at the same time do not all try the same bucket first.
    Collections.shuffle(due);
    for (int bucket : due) {
      if (!begin(bucket)) {
        break;
      }
    }
    Duration untilNext = Duration.ofMillis(Math.max(1, next.orElse(Long.MAX_VALUE) - now));
    return untilNext.compareTo(options.interval()) < 0 ? untilNext : options.interval();
  }

  /** False if no more can begin now; the next look comes when a batch ends. */
  private boolean begin(int bucket) {
    if (inWork.containsKey(bucket)) {
      return true;
    }
    if (isStopping() || !permits.tryAcquire()) {
      return false;
    }
    BucketBatch batch = new BucketBatch(bucket, dataSource, publisher, options, publishing);
    inWork.put(bucket, batch);
    if (!tasks.start("outbox-batch", () -> run(batch))) {
      ended(batch);
    }
    return true;
  }

  private void ended(BucketBatch batch) {
    inWork.remove(batch.bucket(), batch);
    permits.release();
  }

  private void run(BucketBatch batch) {
    boolean more = false;
    try {
      more = count(batch.run(this::isStopping));
    } catch (SQLException | RuntimeException e) {
      databaseFailed(e);
    } catch (InterruptedException e) {
      // Its end was asked for; what it published comes again.
    } finally {
      ended(batch);
    }
    if (more) {
      wakes.found();
      wakes.wake();
    }
  }

  /** Whether something came of it, so that there may be more. */
  private boolean count(BatchPublishing.Outcome outcome) {
    published.add(outcome.published().size());
    failures.add(outcome.failed().size());
    if (outcome.isOutage()) {
      outage.failed(outcome.failed().getFirst().error());
      return false;
    }
    if (!outcome.failed().isEmpty()) {
      outage.works(outcome.failed().getLast().error());
    } else if (!outcome.published().isEmpty()) {
      outage.works(null);
    }
    return !outcome.published().isEmpty() || !outcome.failed().isEmpty();
  }

  RelaySnapshot inspect() {
    return new RelaySnapshot(
        published.sum(), failures.sum(), inWork.size(), publishing.get(), outage.lastError());
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
