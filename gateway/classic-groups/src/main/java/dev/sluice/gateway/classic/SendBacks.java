package dev.sluice.gateway.classic;

import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.requests.SendBack;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has brokers bring messages again that callers did not resolve, some at a time. A broker counts
 * the attempt with the message. Belongs to its group's loop.
 */
final class SendBacks {
  private static final Logger log = LoggerFactory.getLogger(SendBacks.class);

  private static final int AT_ONCE = 64;
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** The gateway itself puts messages among the dead, and no broker before it. */
  private static final int NEVER_DEAD = Integer.MAX_VALUE;

  /** The delays that brokers know unless they are told others, from level 1 on. */
  private static final int[] LEVEL_SECONDS = {
    1, 5, 10, 30, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 1200, 1800, 3600, 7200
  };

  /** What brokers say of a message that they do not have any more; they have no code for it. */
  private static final String GONE = "look message by offset failed";

  private final GroupParts parts;
  private final ArrayDeque<Held> waiting = new ArrayDeque<>();
  private final List<Runnable> whenQuiet = new ArrayList<>();
  private int underWay;
  private boolean giveUp;

  SendBacks(GroupParts parts) {
    this.parts = parts;
  }

  /** The level whose delay is nearest to this one, 1 to 18. */
  static int level(long nanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    int nearest = 0;
    for (int i = 1; i < LEVEL_SECONDS.length; i++) {
      if (Math.abs(LEVEL_SECONDS[i] - seconds) < Math.abs(LEVEL_SECONDS[nearest] - seconds)) {
        nearest = i;
      }
    }
    return nearest + 1;
  }

  /** The level of a message that nobody here could read, so many times. */
  static int levelOfAttempt(int attempt) {
    return Math.min(LEVEL_SECONDS.length, 2 + attempt);
  }

  /** Gives a message to its broker, with the delay of its level, which resolves it here. */
  void give(Held held) {
    held.state = Held.State.GOING_BACK;
    waiting.add(held);
    next();
  }

  /** Runs the task when nothing is under way any more. */
  void whenQuiet(Runnable task) {
    if (underWay == 0 && waiting.isEmpty()) {
      task.run();
    } else {
      whenQuiet.add(task);
    }
  }

  /** Tries nothing a second time from now on: the group is about to be left. */
  void giveUp() {
    giveUp = true;
  }

  private void next() {
    while (underWay < AT_ONCE && !waiting.isEmpty()) {
      Held held = waiting.remove();
      if (!held.queue.isOver()) {
        send(held);
      }
    }
    if (underWay == 0 && waiting.isEmpty() && !whenQuiet.isEmpty()) {
      List<Runnable> tasks = List.copyOf(whenQuiet);
      whenQuiet.clear();
      tasks.forEach(Runnable::run);
    }
  }

  private void send(Held held) {
    underWay++;
    parts
        .client()
        .consuming()
        .sendBack(
            held.queue.where().broker(),
            new SendBack(
                parts.group(),
                held.topic,
                held.messageId,
                held.commitLogOffset,
                held.level,
                NEVER_DEAD),
            Answer.of(
                done -> {
                  underWay--;
                  held.queue.resolve(held);
                  next();
                },
                failure -> {
                  underWay--;
                  failed(held, failure);
                  next();
                }));
  }

  private void failed(Held held, ClientException failure) {
    if (held.queue.isOver()) {
      return;
    }
    if (failure.code() == ResponseCode.SYSTEM_ERROR
        && String.valueOf(failure.getMessage()).contains(GONE)) {
      log.warn("{} of {} is not stored any more", held.messageId, held.topic);
      held.queue.resolve(held);
      return;
    }
    log.warn(
        "{} of {} could not be given back for group {}: {}",
        held.messageId,
        held.topic,
        parts.group(),
        failure.getMessage());
    if (!giveUp) {
      // The alarm finds it going back, and has it given back again.
      parts.alarms().in(AGAIN_NANOS, held.alarm);
    }
  }
}
