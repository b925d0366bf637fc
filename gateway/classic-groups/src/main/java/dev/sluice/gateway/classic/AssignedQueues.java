package dev.sluice.gateway.classic;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.requests.Done;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues that are this member's, and how far the group is in them as brokers know it. Belongs
 * to its group's loop.
 */
final class AssignedQueues {
  private static final Logger log = LoggerFactory.getLogger(AssignedQueues.class);

  /** The longest that leaving queues waits for brokers to take messages back. */
  private static final long LEAVING_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Each so many rounds all offsets are stored anew: a broker that was lost may have lost some. */
  private static final int ROUNDS = 6;

  private final GroupParts parts;
  private final Readers readers;
  private final SendBacks sendBacks;
  private final QueueLocking locking;
  private final Supplier<String> self;
  // Each leaves when it is given up; as many as the topics have.
  private final Map<MessageQueue, ReadQueue> all = new HashMap<>();
  private final Set<ReadQueue> leaving = new HashSet<>();
  private int round;

  AssignedQueues(GroupParts parts, Readers readers, SendBacks sendBacks, Supplier<String> self) {
    this.parts = parts;
    this.readers = readers;
    this.sendBacks = sendBacks;
    this.locking = new QueueLocking(parts);
    this.self = self;
  }

  /** All of them, in no order. */
  Collection<ReadQueue> all() {
    return all.values();
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  @Nullable ReadQueue find(MessageQueue id) {
    return all.get(id);
  }

  /** Those of a topic, the retry topic too. */
  List<ReadQueue> of(String topic) {
    return all.values().stream().filter(queue -> queue.id().topic().equals(topic)).toList();
  }

  /**
   * Has the member's queues of a topic be these.
   *
   * @return whether they are; false where that needs another look soon
   */
  boolean change(Shares.Share share, boolean ordered) {
    for (ReadQueue queue : of(share.topic())) {
      if (!share.queues().containsKey(queue.id())) {
        giveUp(queue);
      }
    }
    boolean[] settled = {true};
    List<ReadQueue> added = new ArrayList<>();
    share
        .queues()
        .forEach(
            (id, where) -> {
              ReadQueue known = all.get(id);
              if (known == null) {
                ReadQueue queue = new ReadQueue(parts, readers, id, where);
                queue.ordered = ordered;
                all.put(id, queue);
                added.add(queue);
              } else if (known.isEnding()) {
                settled[0] = false;
              } else {
                known.isAt(where);
              }
            });
    added.forEach(ReadQueue::pump);
    if (ordered) {
      List<ReadQueue> unlocked =
          of(share.topic()).stream()
              .filter(queue -> !queue.isLocked() && !queue.isEnding())
              .toList();
      lock(unlocked);
      settled[0] &= unlocked.isEmpty();
    }
    return settled[0];
  }

  /** Locks queues that are read in order, or renews their locks. */
  void lock(Collection<ReadQueue> queues) {
    if (!queues.isEmpty()) {
      locking.lock(self.get(), List.copyOf(queues), () -> {});
    }
  }

  /** Those that are read in order. */
  List<ReadQueue> ordered() {
    return all.values().stream().filter(queue -> queue.ordered).toList();
  }

  /**
   * Another member is to have it. What callers have may come to that one too; where order matters
   * it has to wait for them.
   */
  private void giveUp(ReadQueue queue) {
    if (queue.isEnding()) {
      return;
    }
    boolean awaited = queue.ordered && queue.isOut();
    queue.ending();
    if (!awaited) {
      quiet(queue);
    }
  }

  /** Nothing of a queue is out any more that is to be given up. */
  void quiet(ReadQueue queue) {
    if (leaving.add(queue)) {
      finish(List.of(queue), () -> {});
    }
  }

  /** Gives queues up and has all come again soon that callers have. */
  void leave(Collection<ReadQueue> queues, Runnable over) {
    List<ReadQueue> these = queues.stream().filter(queue -> !leaving.contains(queue)).toList();
    leaving.addAll(these);
    for (ReadQueue queue : these) {
      queue.ending();
      if (!queue.ordered || queue.isRetried()) {
        for (Held held : queue.allOut()) {
          queue.takeBack(held);
          held.level = 1;
          sendBacks.give(held);
        }
      }
    }
    boolean[] done = {false};
    Runnable finish =
        () -> {
          if (!done[0]) {
            done[0] = true;
            finish(these, over);
          }
        };
    Alarms.Alarm late = new Alarms.Alarm(finish);
    parts.alarms().in(LEAVING_NANOS, late);
    sendBacks.whenQuiet(
        () -> {
          parts.alarms().cancel(late);
          finish.run();
        });
  }

  /** Nobody else has a queue before its offset is stored and its lock is free. */
  private void finish(List<ReadQueue> queues, Runnable over) {
    store(
        queues,
        false,
        () ->
            locking.unlock(
                self.get(),
                queues.stream().filter(queue -> queue.ordered).toList(),
                () -> {
                  for (ReadQueue queue : queues) {
                    queue.end();
                    leaving.remove(queue);
                    all.remove(queue.id(), queue);
                  }
                  over.run();
                }));
  }

  /** Tells brokers how far the group is. */
  void storeAll() {
    round++;
    store(List.copyOf(all.values()), round % ROUNDS == 0, () -> {});
  }

  private void store(List<ReadQueue> queues, boolean always, Runnable over) {
    int[] left = {1};
    Runnable one =
        () -> {
          if (--left[0] == 0) {
            over.run();
          }
        };
    for (ReadQueue queue : queues) {
      long offset = queue.consumed();
      if (offset >= 0 && !queue.isOver() && (always || offset != queue.stored)) {
        left[0]++;
        parts
            .client()
            .offsets()
            .commit(
                parts.group(),
                queue.where(),
                offset,
                Answer.<Done>of(
                    done -> {
                      queue.stored = offset;
                      one.run();
                    },
                    failure -> {
                      log.warn(
                          "The offset of group {} in {} could not be stored: {}",
                          parts.group(),
                          queue.id(),
                          failure.getMessage());
                      one.run();
                    }));
      }
    }
    one.run();
  }
}
