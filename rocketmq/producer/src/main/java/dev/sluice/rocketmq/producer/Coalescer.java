package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.remoting.EventLoops;
import java.util.List;

/**
 * Has single sends of one producer share requests, as its {@link Coalescing} says. All messages of
 * a topic go by the same event loop. Safe for all threads.
 */
final class Coalescer {
  private final List<SendLanes> all;

  Coalescer(Coalescing limits, EventLoops loops, SendPath path, SendLanes.Way way) {
    this.all = loops.all().stream().map(loop -> new SendLanes(loop, limits, path, way)).toList();
  }

  void add(PendingSend send) {
    all.get(Math.floorMod(send.topic().hashCode(), all.size())).add(send);
  }

  /** Fails those that wait for their turn, and those that come yet. */
  void close() {
    all.forEach(SendLanes::close);
  }
}
