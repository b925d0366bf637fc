package dev.sluice.gateway.classic;

import dev.sluice.lifecycle.Clock;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one group does later, with one timer for all of it. Not exact: late by up to {@link
 * #STEP_NANOS}, never early. As many as those who set them bound. Belongs to one loop.
 */
final class Alarms {
  private static final Logger log = LoggerFactory.getLogger(Alarms.class);

  static final long STEP_NANOS = 50_000_000;

  /** Something to be done later, set once at a time. */
  static final class Alarm {
    private final Runnable task;
    private long step = NONE;

    Alarm(Runnable task) {
      this.task = task;
    }

    boolean isSet() {
      return step != NONE;
    }
  }

  private static final long NONE = Long.MIN_VALUE;

  private final EventLoop loop;
  private final Clock clock;
  // Each leaves when it is due or cancelled.
  private final TreeMap<Long, Set<Alarm>> steps = new TreeMap<>();
  private @Nullable Future<?> timer;
  private long timerStep;
  private boolean closed;

  Alarms(EventLoop loop, Clock clock) {
    this.loop = loop;
    this.clock = clock;
  }

  long now() {
    return clock.nanoTime();
  }

  /** Sets the alarm anew. */
  void in(long nanos, Alarm alarm) {
    at(now() + Math.max(0, nanos), alarm);
  }

  /** Sets the alarm anew. */
  void at(long nanoTime, Alarm alarm) {
    cancel(alarm);
    if (closed) {
      return;
    }
    alarm.step = Math.floorDiv(nanoTime, STEP_NANOS) + 1;
    steps.computeIfAbsent(alarm.step, step -> new LinkedHashSet<>()).add(alarm);
    await();
  }

  void cancel(Alarm alarm) {
    if (alarm.step == NONE) {
      return;
    }
    Set<Alarm> together = steps.get(alarm.step);
    if (together != null) {
      together.remove(alarm);
      if (together.isEmpty()) {
        steps.remove(alarm.step);
      }
    }
    alarm.step = NONE;
  }

  private void await() {
    if (steps.isEmpty()) {
      return;
    }
    long first = steps.firstKey();
    if (timer != null) {
      if (timerStep <= first) {
        return;
      }
      timer.cancel(false);
    }
    timerStep = first;
    long wait = Math.max(0, first * STEP_NANOS - now());
    timer = loop.schedule(this::due, wait, TimeUnit.NANOSECONDS);
  }

  private void due() {
    timer = null;
    long step = Math.floorDiv(now(), STEP_NANOS);
    while (!steps.isEmpty() && steps.firstKey() <= step) {
      Map.Entry<Long, Set<Alarm>> together = steps.firstEntry();
      for (Alarm alarm : List.copyOf(together.getValue())) {
        if (alarm.step == together.getKey()) {
          cancel(alarm);
          ring(alarm);
        }
      }
    }
    await();
  }

  /** What one throws must not keep the others from ringing. */
  private static void ring(Alarm alarm) {
    try {
      alarm.task.run();
    } catch (RuntimeException e) {
      log.error("What was to be done later failed", e);
    }
  }

  /** Whether nothing is to be done later. */
  boolean isEmpty() {
    return steps.isEmpty();
  }

  /** Nothing is done any more. */
  void close() {
    closed = true;
    steps.values().forEach(together -> together.forEach(alarm -> alarm.step = NONE));
    steps.clear();
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
