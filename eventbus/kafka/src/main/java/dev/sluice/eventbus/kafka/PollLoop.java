package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that uses the member's consumer: it polls, offers what comes to the flows, and
 * commits. It waits for nothing but the broker, and for that within bounds; handlers run elsewhere.
 * What others want of it are commands, which it runs between polls.
 */
final class PollLoop {
  private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
  private static final Duration LONGEST_POLL = Duration.ofMillis(500);
  private static final Duration AFTER_TROUBLE = Duration.ofMillis(500);
  private static final long STATUS_NANOS = Duration.ofSeconds(1).toNanos();

  /** Topics that are missing are looked for every so many statuses. */
  private static final int LOOKS_FOR_TOPICS = 10;

  private final KafkaOptions options;
  private final Map<String, Object> properties;
  private final Topics topics;
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final Wakeup wakeup = new Wakeup();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile @Nullable Deadline closing;
  private volatile boolean over;
  private volatile @Nullable Thread thread;
  private volatile List<PartitionStatus> statuses = List.of();
  private volatile String trouble = "";
  private volatile @Nullable Consumer<byte[], byte[]> current;
  private volatile @Nullable Membership member;

  PollLoop(KafkaOptions options, Map<String, Object> properties, Topics topics) {
    this.options = options;
    this.properties = properties;
    this.topics = topics;
  }

  /** The thread's work, until {@link #close}. */
  void run() {
    thread = Thread.currentThread();
    wakeup.own();
    try {
      Consumer<byte[], byte[]> consumer = connect();
      if (consumer != null) {
        serve(consumer);
      }
    } catch (Throwable e) { // the boundary of the thread
      LOG.error("consuming has ended", e);
      trouble = Failures.describe(e);
    } finally {
      // From here on commands are run by whoever gives them.
      over = true;
      runCommands();
      ended.complete(null);
    }
  }

  /** Null if it is closed before there is a consumer. */
  private @Nullable Consumer<byte[], byte[]> connect() {
    while (closing == null) {
      try {
        if (topics.declare(options.bus().topics())) {
          return new KafkaConsumer<>(properties);
        }
        trouble = "no broker answers";
      } catch (RuntimeException e) { // names that cannot be looked up, key stores not there
        trouble = Failures.describe(e.getCause() == null ? e : e.getCause());
        LOG.warn("no consumer yet: {}", trouble);
      }
      pause(AFTER_TROUBLE);
    }
    return null;
  }

  private void serve(Consumer<byte[], byte[]> consumer) {
    var membership = new Membership(consumer, options, wakeup::call, () -> closing);
    current = consumer;
    member = membership;
    wakeup.polls(consumer);
    try {
      consumer.subscribe(options.bus().topics(), membership);
      trouble = "";
      long nextStatus = System.nanoTime();
      int looks = 0;
      while (closing == null) {
        runCommands();
        membership.offerRefused();
        membership.commitIfDue();
        poll(consumer, membership);
        if (System.nanoTime() - nextStatus >= 0) {
          nextStatus = System.nanoTime() + STATUS_NANOS;
          statuses = membership.statuses();
          if (++looks % LOOKS_FOR_TOPICS == 0) {
            topics.lookAgain();
          }
        }
      }
    } catch (FencedInstanceIdException e) {
      trouble = "another member has the instance id " + options.instanceId();
      LOG.error("consuming has ended: {}", trouble);
      membership.lose();
    } finally {
      statuses = List.of();
      // An interrupt was meant for what comes before.
      var unused = Thread.interrupted();
      membership.leave(closing == null ? Deadline.after(LONGEST_POLL) : closing);
    }
  }

  private void poll(Consumer<byte[], byte[]> consumer, Membership membership) {
    Duration wait = membership.untilCommit(LONGEST_POLL);
    ConsumerRecords<byte[], byte[]> records;
    boolean waits = wakeup.beginWait();
    try {
      records = consumer.poll(waits ? wait : Duration.ZERO);
      if (!trouble.isEmpty()) {
        LOG.info("consuming goes on");
        trouble = "";
      }
    } catch (WakeupException e) {
      return;
    } catch (FencedInstanceIdException e) {
      throw e;
    } catch (RuntimeException e) {
      // Refused by the broker, or a record that cannot be read: never passed over, tried again.
      String what = Failures.describe(e);
      if (!what.equals(trouble)) {
        LOG.warn("consuming is held up", e);
      }
      trouble = what;
      wakeup.endWait();
      pause(AFTER_TROUBLE);
      return;
    } finally {
      wakeup.endWait();
    }
    for (TopicPartition partition : records.partitions()) {
      membership.take(partition, records.records(partition));
    }
  }

  private void pause(Duration time) {
    if (wakeup.beginWait()) {
      LockSupport.parkNanos(time.toNanos());
    }
    wakeup.endWait();
  }

  private void runCommands() {
    for (Runnable each = commands.poll(); each != null; each = commands.poll()) {
      try {
        each.run();
      } catch (RuntimeException e) {
        LOG.error("a command failed", e);
      }
    }
  }

  private void command(Runnable command) {
    commands.add(command);
    if (over) {
      runCommands();
    } else {
      wakeup.call();
    }
  }

  void attach(String topic, Intake intake) {
    command(() -> withMember(each -> each.attach(topic, intake)));
  }

  void quiesce(String topic) {
    command(() -> withMember(each -> each.quiesce(topic)));
  }

  CompletionStage<Void> detach(String topic) {
    var done = new CompletableFuture<Void>();
    command(
        () -> {
          Membership membership = member;
          if (membership == null || over) {
            done.complete(null);
          } else {
            membership.detach(topic, done);
          }
        });
    return done;
  }

  private void withMember(java.util.function.Consumer<Membership> what) {
    Membership membership = member;
    if (membership != null && !over) {
      what.accept(membership);
    }
  }

  List<PartitionStatus> partitions() {
    return statuses;
  }

  /** What holds up consuming; empty if nothing does. */
  String trouble() {
    return trouble;
  }

  long rebalances() {
    Membership membership = member;
    return membership == null ? 0 : membership.rebalances();
  }

  /** What Kafka's consumer measures; readable by any thread. */
  Map<MetricName, ? extends Metric> metrics() {
    Consumer<byte[], byte[]> consumer = current;
    return consumer == null ? Map.of() : consumer.metrics();
  }

  /** Has the thread end, which commits and leaves the group first; completes when it has. */
  CompletionStage<Void> close(Deadline deadline) {
    closing = deadline;
    wakeup.call();
    Thread looking = thread;
    if (current == null && looking != null) {
      // It asks for topics, which it does not do for ever, but for long.
      looking.interrupt();
    }
    return ended;
  }

  /** For a thread that was never started. */
  void closeUnstarted() {
    over = true;
    ended.complete(null);
  }
}
