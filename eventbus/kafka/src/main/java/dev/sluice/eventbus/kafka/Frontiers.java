package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far partitions are committed: now and then without waiting, and once more, waiting a little,
 * when they are given up. Used by the polling thread alone.
 */
final class Frontiers {
  private static final Logger LOG = LoggerFactory.getLogger(Frontiers.class);

  /** The group waits for whoever gives partitions up. */
  private static final Duration LONGEST_LAST = Duration.ofSeconds(3);

  private final Consumer<byte[], byte[]> consumer;
  private final long interval; // in nanoseconds
  private final Runnable wake;
  private final Supplier<@Nullable Deadline> closing;

  /** What the broker has acknowledged; removed with the assignment. */
  private final Map<TopicPartition, Long> committed = new HashMap<>();

  /** Whoever waits for a commit; removed when it has ended, at the latest at the end. */
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

  private boolean underWay;
  private long due;

  Frontiers(
      Consumer<byte[], byte[]> consumer,
      Duration interval,
      Runnable wake,
      Supplier<@Nullable Deadline> closing) {
    this.consumer = consumer;
    this.interval = interval.toNanos();
    this.wake = wake;
    this.closing = closing;
    this.due = System.nanoTime();
  }

  boolean isDue() {
    return !underWay && System.nanoTime() - due >= 0;
  }

  Duration untilDue(Duration longest) {
    long left = underWay ? interval : due - System.nanoTime();
    return Duration.ofNanos(Math.clamp(left, 1_000_000, longest.toNanos()));
  }

  OptionalLong committed(TopicPartition partition) {
    Long offset = committed.get(partition);
    return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  void forget(Collection<TopicPartition> partitions) {
    partitions.forEach(committed::remove);
  }

  /**
   * Commits what has moved, without waiting.
   *
   * @param onFailure called if it is to be tried again
   */
  void commitNow(Map<TopicPartition, Long> frontiers, Runnable onFailure) {
    due = System.nanoTime() + interval;
    Map<TopicPartition, OffsetAndMetadata> moved = moved(frontiers);
    if (moved.isEmpty()) {
      return;
    }
    underWay = true;
    consumer.commitAsync(
        moved,
        (offsets, failure) -> {
          underWay = false;
          if (failure == null) {
            acknowledged(offsets);
          } else {
            LOG.info("a commit failed and is tried again: {}", Failures.describe(failure));
            onFailure.run();
          }
        });
  }

  /** Commits without waiting, and says when it is done. */
  void commit(Map<TopicPartition, Long> frontiers, CompletableFuture<Void> done) {
    Map<TopicPartition, OffsetAndMetadata> moved = moved(frontiers);
    if (moved.isEmpty()) {
      done.complete(null);
      return;
    }
    waiting.add(done);
    consumer.commitAsync(
        moved,
        (offsets, failure) -> {
          if (failure == null) {
            acknowledged(offsets);
            done.complete(null);
          } else {
            done.completeExceptionally(notCommitted(Failures.describe(failure)));
          }
          waiting.removeIf(CompletableFuture::isDone);
        });
  }

  /** At the end: nothing more is committed. */
  void failWaiting() {
    waiting.forEach(each -> each.completeExceptionally(notCommitted("closed")));
    waiting.clear();
  }

  private static EventBusException notCommitted(String why) {
    return EventBusException.of(Category.UNAVAILABLE, "not committed: " + why);
  }

  /** Commits and waits for it, a bounded time; what fails comes again. False if it failed. */
  boolean commitLast(Map<TopicPartition, Long> frontiers) {
    Map<TopicPartition, OffsetAndMetadata> moved = moved(frontiers);
    if (moved.isEmpty()) {
      return true;
    }
    Deadline deadline = Deadline.after(LONGEST_LAST);
    boolean done = false;
    boolean woken = false;
    while (true) {
      try {
        consumer.commitSync(moved, bounded(deadline));
        acknowledged(moved);
        done = true;
        break;
      } catch (WakeupException e) {
        // Meant for the poll: it is called again afterwards.
        woken = true;
      } catch (KafkaException e) {
        LOG.warn("the last commit failed, and {} come again: {}", moved, Failures.describe(e));
        break;
      }
    }
    if (woken) {
      wake.run();
    }
    return done;
  }

  /** A close must not wait for longer than a third of its time here. */
  private Duration bounded(Deadline deadline) {
    Deadline whole = closing.get();
    return whole == null
        ? deadline.remaining()
        : deadline.earlier(Deadline.after(whole.remaining().dividedBy(3))).remaining();
  }

  private Map<TopicPartition, OffsetAndMetadata> moved(Map<TopicPartition, Long> frontiers) {
    Map<TopicPartition, OffsetAndMetadata> moved = new HashMap<>();
    frontiers.forEach(
        (partition, offset) -> {
          if (!offset.equals(committed.get(partition))) {
            moved.put(partition, new OffsetAndMetadata(offset));
          }
        });
    return moved;
  }

  private void acknowledged(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
  }
}
