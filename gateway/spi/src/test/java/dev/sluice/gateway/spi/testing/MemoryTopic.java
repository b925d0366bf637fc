package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Topology;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One topic's queues; guarded by its cluster's lock. */
final class MemoryTopic {

  private static final long[] LEVEL_SECONDS = {
    1, 5, 10, 30, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 1200, 1800, 3600, 7200
  };

  record Stored(OutboundMessage message, String id, int queue, long offset, long storedAt) {

    Delivery delivery(String topic, int attempt, String handle, long visibleAgainAt) {
      return new Delivery(
          topic,
          id,
          message.body().asReadOnlyBuffer(),
          message.encoding(),
          message.tag(),
          message.keys(),
          message.shardingKey(),
          message.properties(),
          message.bornAt(),
          message.bornHost(),
          storedAt,
          "memory",
          new QueueId(MemoryCluster.NODE, queue),
          offset,
          attempt,
          handle,
          visibleAgainAt,
          message.priority());
    }
  }

  private record Scheduled(OutboundMessage message, String id, int queue, long dueAt) {}

  private final String name;
  private final Topology.@Nullable MessageKind kind;
  private final List<List<Stored>> queues = new ArrayList<>();
  private final List<Scheduled> scheduled = new ArrayList<>();
  private int turn;

  /** Makes a topic that takes this kind of message, or any where there is none. */
  MemoryTopic(String name, int queues, Topology.@Nullable MessageKind kind) {
    this.name = name;
    this.kind = kind;
    for (int i = 0; i < queues; i++) {
      this.queues.add(new ArrayList<>());
    }
  }

  String name() {
    return name;
  }

  Set<Topology.MessageKind> accepts() {
    return kind == null ? EnumSet.allOf(Topology.MessageKind.class) : Set.of(kind);
  }

  List<List<Stored>> queues() {
    return queues;
  }

  /** The queue that somebody names. */
  List<Stored> queue(QueueId named) {
    if (!named.node().equals(MemoryCluster.NODE)) {
      throw GatewayException.unavailable(
          "node: " + named.node() + " (expected: " + MemoryCluster.NODE + ")", null);
    }
    if (named.index() < 0 || named.index() >= queues.size()) {
      throw GatewayException.invalid(
          Subject.QUEUE,
          "queue: " + named.index() + " (expected: 0 to " + (queues.size() - 1) + ")");
    }
    return queues.get(named.index());
  }

  int queueOf(String shardingKey) {
    return Math.floorMod(shardingKey.hashCode(), queues.size());
  }

  int nextQueue() {
    turn = (turn + 1) % queues.size();
    return turn;
  }

  SendReceipt store(OutboundMessage message, String id, int queue, long now) {
    long dueAt =
        switch (message.schedule()) {
          case Schedule.Now _ -> now;
          case Schedule.Level level -> now + LEVEL_SECONDS[level.level() - 1] * 1000;
          case Schedule.At at -> at.epochMillis();
        };
    if (dueAt > now) {
      scheduled.add(new Scheduled(message, id, queue, dueAt));
      String handle = name + ' ' + id + ' ' + dueAt;
      return new SendReceipt(id, new QueueId(MemoryCluster.NODE, queue), 0, handle);
    }
    return append(message, id, queue, now);
  }

  private SendReceipt append(OutboundMessage message, String id, int queue, long now) {
    List<Stored> target = queues.get(queue);
    target.add(new Stored(message, id, queue, target.size(), now));
    return new SendReceipt(id, new QueueId(MemoryCluster.NODE, queue), target.size() - 1L);
  }

  /** Takes back what is not due yet; its id. */
  String recall(String handle, long now) {
    String[] parts = handle.split(" ", -1);
    if (parts.length != 3 || !parts[0].equals(name)) {
      throw GatewayException.invalid(
          Subject.MESSAGE, "recall handle: " + handle + " (expected: one of " + name + ")");
    }
    if (Long.parseLong(parts[2]) <= now) {
      throw new GatewayException(
          ErrorCategory.FAILED_PRECONDITION,
          Subject.DELIVERY_TIME,
          "message: " + parts[1] + " is due (expected: one that is not)");
    }
    scheduled.removeIf(one -> one.id.equals(parts[1]));
    return parts[1];
  }

  /** Moves what is due into its queue; when the next will be, or the largest long. */
  long release(long now) {
    long next = Long.MAX_VALUE;
    for (Iterator<Scheduled> all = scheduled.iterator(); all.hasNext(); ) {
      Scheduled one = all.next();
      if (one.dueAt <= now) {
        all.remove();
        append(one.message, one.id, one.queue, now);
      } else {
        next = Math.min(next, one.dueAt);
      }
    }
    return next;
  }
}
