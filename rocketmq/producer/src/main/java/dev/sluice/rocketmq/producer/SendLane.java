package dev.sluice.rocketmq.producer;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One topic's messages that may leave together, in the order in which they came. Exists while it
 * has any; see {@link Coalescing} for when they leave. Belongs to one event loop.
 */
final class SendLane {
  private final SendLanes lanes;
  private final String topic;
  private final Coalescing limits;

  /** Bounded with all sends of the producer. */
  private final Queue<PendingSend> waiting = new ArrayDeque<>();

  private long waitingBytes;
  private int flights;

  /** How many messages are with the flights. */
  private int underWay;

  private boolean due;
  private boolean pumping;
  private boolean marked;
  private @Nullable ScheduledFuture<?> timer;

  SendLane(SendLanes lanes, String topic) {
    this.lanes = lanes;
    this.topic = topic;
    this.limits = lanes.limits();
  }

  String topic() {
    return topic;
  }

  /** Takes a message; {@link #pump} comes after all that have come together. */
  void add(PendingSend send) {
    waiting.add(send);
    waitingBytes += send.bytes();
  }

  /** Marks it; false where it was. */
  boolean mark() {
    boolean first = !marked;
    marked = true;
    return first;
  }

  /** Lets go what may. */
  void pump() {
    marked = false;
    if (pumping) {
      return;
    }
    pumping = true;
    while (!waiting.isEmpty()
        && flights < limits.maxFlights()
        && (flights == 0 || due || enough())) {
      depart();
    }
    pumping = false;
    if (!waiting.isEmpty()) {
      if (timer == null) {
        timer = lanes.loop().schedule(this::tick, limits.linger().toNanos(), TimeUnit.NANOSECONDS);
      }
    } else if (flights == 0) {
      stopTimer();
      lanes.forget(this);
    }
  }

  /**
   * As many as are under way: so those who send again when they are answered do so in few and large
   * batches, of which one is made while another is stored.
   */
  private boolean enough() {
    return waiting.size() >= Math.min(underWay, limits.maxMessages())
        || waitingBytes >= limits.maxBytes();
  }

  private void depart() {
    List<PendingSend> batch = new ArrayList<>(Math.min(waiting.size(), limits.maxMessages()));
    PendingSend first = waiting.remove();
    int flags = first.content().systemFlags();
    long bytes = first.bytes();
    batch.add(first);
    for (PendingSend next = waiting.peek();
        next != null
            && batch.size() < limits.maxMessages()
            && next.content().systemFlags() == flags
            && bytes + next.bytes() <= limits.maxBytes();
        next = waiting.peek()) {
      waiting.remove();
      bytes += next.bytes();
      batch.add(next);
    }
    waitingBytes -= bytes;
    due = due && !waiting.isEmpty();
    flights++;
    underWay += batch.size();
    new SendFlight(lanes, batch, () -> landed(batch.size())).depart();
  }

  private void landed(int size) {
    flights--;
    underWay -= size;
    lanes.gather();
    pump();
  }

  private void tick() {
    timer = null;
    long now = lanes.now();
    for (PendingSend next = waiting.peek();
        next != null && next.deadlineNanos() - now <= 0;
        next = waiting.peek()) {
      waiting.remove();
      waitingBytes -= next.bytes();
      next.failed(lanes.late());
    }
    due = true;
    pump();
    due = false;
  }

  /** Fails what waits; what is under way ends by itself. */
  void close() {
    stopTimer();
    for (PendingSend next = waiting.poll(); next != null; next = waiting.poll()) {
      next.failed(InFlight.closed());
    }
    waitingBytes = 0;
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
