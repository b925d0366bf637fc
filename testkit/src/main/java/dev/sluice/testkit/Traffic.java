package dev.sluice.testkit;

import dev.sluice.testkit.FaultyNetwork.Direction;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What a faulty network does at the moment; relaying threads wait here. */
final class Traffic {

  // Waiting threads look this often whether their connection was cut meanwhile.
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private enum State {
    PASSING,
    STALLED,
    REFUSING
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Direction, Long> untilCut = new EnumMap<>(Direction.class);
  private final Map<Direction, Long> relayed = new EnumMap<>(Direction.class);
  private State state = State.PASSING;
  private long delayNanos;

  void pass() {
    change(State.PASSING);
  }

  void stall() {
    change(State.STALLED);
  }

  void refuse() {
    change(State.REFUSING);
  }

  private void change(State next) {
    lock.lock();
    try {
      state = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void delay(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay: " + delay + " (expected: >= 0)");
    }
    lock.lock();
    try {
      delayNanos = delay.toNanos();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void cutAfter(Direction direction, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
    lock.lock();
    try {
      untilCut.put(direction, bytes);
    } finally {
      lock.unlock();
    }
  }

  boolean isRefusing() {
    lock.lock();
    try {
      return state == State.REFUSING;
    } finally {
      lock.unlock();
    }
  }

  long relayed(Direction direction) {
    lock.lock();
    try {
      return relayed.getOrDefault(direction, 0L);
    } finally {
      lock.unlock();
    }
  }

  /** Waits while stalled; false if the connection was cut meanwhile. */
  boolean awaitPassing(ServedConnection connection) {
    return await(connection, 0, false);
  }

  /** Waits while stalled, and for the delay since {@code receivedAt}; false if cut meanwhile. */
  boolean awaitDelivery(ServedConnection connection, long receivedAt) {
    return await(connection, receivedAt, true);
  }

  private boolean await(ServedConnection connection, long receivedAt, boolean delayed) {
    lock.lock();
    try {
      while (!connection.isOver()) {
        long early = delayed ? receivedAt + delayNanos - System.nanoTime() : 0;
        if (state != State.STALLED && !connection.isLost() && early <= 0) {
          return true;
        }
        var unused = changed.awaitNanos(early > 0 ? Math.min(early, LOOK_NANOS) : LOOK_NANOS);
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** What may be delivered of a piece, and whether the connection ends with it. */
  record Permit(int bytes, boolean last) {}

  Permit permit(Direction direction, int count) {
    lock.lock();
    try {
      Long left = untilCut.get(direction);
      if (left == null) {
        return new Permit(count, false);
      }
      if (left > count) {
        untilCut.put(direction, left - count);
        return new Permit(count, false);
      }
      untilCut.remove(direction);
      return new Permit(left.intValue(), true);
    } finally {
      lock.unlock();
    }
  }

  void delivered(Direction direction, int count) {
    lock.lock();
    try {
      relayed.merge(direction, (long) count, Long::sum);
    } finally {
      lock.unlock();
    }
  }
}
