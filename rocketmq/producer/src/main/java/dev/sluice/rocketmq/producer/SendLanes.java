package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.RocketMQException;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One producer's lanes on one event loop. Messages come from any thread; all else is done on the
 * loop, which sees those that come within one of its turns together.
 */
final class SendLanes {

  /** Sends messages, one or several, and tells the outcome once, on any thread. */
  @FunctionalInterface
  interface Way {
    void send(List<PendingSend> messages, Outcome outcome);
  }

  private final EventLoop loop;
  private final Coalescing limits;
  private final SendPath path;
  private final Way way;

  /** Bounded with all sends of the producer. */
  private final Queue<PendingSend> arrived = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean awake = new AtomicBoolean();

  /** Each removes itself when its last message has ended. */
  private final Map<String, SendLane> lanes = new HashMap<>();

  private final Queue<SendLane> touched = new ArrayDeque<>();
  private boolean closed;

  SendLanes(EventLoop loop, Coalescing limits, SendPath path, Way way) {
    this.loop = loop;
    this.limits = limits;
    this.path = path;
    this.way = way;
  }

  EventLoop loop() {
    return loop;
  }

  Coalescing limits() {
    return limits;
  }

  long now() {
    return path.clock().nanoTime();
  }

  RocketMQException late() {
    return path.late("those ahead took all of the time");
  }

  /** Takes a message; from any thread. */
  void add(PendingSend send) {
    arrived.add(send);
    if (awake.compareAndSet(false, true)) {
      try {
        loop.execute(this::turn);
      } catch (RejectedExecutionException e) {
        refuseArrived();
      }
    }
  }

  private void turn() {
    awake.set(false);
    gather();
    for (SendLane lane = touched.poll(); lane != null; lane = touched.poll()) {
      lane.pump();
    }
  }

  /** Puts those that have come into their lanes, which are pumped in the turn that is due. */
  void gather() {
    if (closed) {
      refuseArrived();
      return;
    }
    for (PendingSend send = arrived.poll(); send != null; send = arrived.poll()) {
      SendLane lane = lanes.get(send.topic());
      if (lane == null) {
        lane = new SendLane(this, send.topic());
        lanes.put(send.topic(), lane);
      }
      lane.add(send);
      if (lane.mark()) {
        touched.add(lane);
      }
    }
  }

  void send(List<PendingSend> messages, Outcome outcome) {
    way.send(messages, outcome);
  }

  /** A lane has nothing any more. */
  void forget(SendLane lane) {
    lanes.remove(lane.topic(), lane);
  }

  /** Runs here or, from elsewhere, next; on the calling thread once the loops are gone. */
  void onLoop(Runnable step) {
    if (loop.inEventLoop()) {
      step.run();
      return;
    }
    try {
      loop.execute(step);
    } catch (RejectedExecutionException e) {
      step.run();
    }
  }

  /** Fails what waits, from now on; from any thread. */
  void close() {
    onLoop(
        () -> {
          closed = true;
          lanes.values().forEach(SendLane::close);
          refuseArrived();
        });
  }

  private void refuseArrived() {
    for (PendingSend send = arrived.poll(); send != null; send = arrived.poll()) {
      send.failed(InFlight.closed());
    }
  }
}
