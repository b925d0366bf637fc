package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One group's progress in one topic; guarded by its cluster's lock. */
final class MemoryGroup {

  private record Handed(
      MemoryTopic.Stored stored, int attempt, long visibleAt, @Nullable String attemptId) {}

  private final MemoryCluster cluster;
  private final MemoryTopic topic;
  private final String name;
  private final int[] cursors;
  private final Map<String, Handed> handed = new LinkedHashMap<>();
  private final Map<String, MemoryTopic.Stored> named = new HashMap<>();
  private boolean placed;

  MemoryGroup(MemoryCluster cluster, MemoryTopic topic, String name) {
    this.cluster = cluster;
    this.topic = topic;
    this.name = name;
    this.cursors = new int[topic.queues().size()];
  }

  /** Places a new group; leaves one that has a place where it is. */
  void place(Subscription.Start start) {
    if (placed) {
      return;
    }
    placed = true;
    for (int i = 0; i < cursors.length; i++) {
      List<MemoryTopic.Stored> queue = topic.queues().get(i);
      cursors[i] =
          switch (start) {
            case Subscription.Start.Latest _ -> queue.size();
            case Subscription.Start.Earliest _ -> 0;
            case Subscription.Start.At at ->
                (int) queue.stream().filter(s -> s.storedAt() < at.epochMillis()).count();
          };
    }
  }

  List<Delivery> take(ReceiveRequest request, long now, MemoryFaults faults) {
    QueueId named = request.queue();
    if (named != null && !named.node().equals(MemoryCluster.NODE)) {
      throw GatewayException.unavailable(
          "node: " + named.node() + " (expected: " + MemoryCluster.NODE + ")", null);
    }
    // Who receives without having subscribed begins with what comes from now on.
    place(new Subscription.Start.Latest());
    var taken = new ArrayList<Handed>();
    for (int i = 0; i < cursors.length && taken.size() < request.max(); i++) {
      QueueId wanted = request.queue();
      if (wanted == null || wanted.index() == QueueId.ANY || wanted.index() == i) {
        takeFrom(i, request, now, taken);
      }
    }
    Random reordering = faults.reordering();
    if (reordering != null) {
      java.util.Collections.shuffle(taken, reordering);
    }
    var deliveries = new ArrayList<Delivery>();
    for (Handed one : taken) {
      String handle = newHandle(one.stored);
      var hidden =
          new Handed(
              one.stored,
              one.attempt,
              now + request.invisible().toMillis(),
              request.ordered() ? request.attemptId() : null);
      handed.put(handle, hidden);
      deliveries.add(one.stored.delivery(topic.name(), hidden.attempt, handle, hidden.visibleAt));
      if (faults.takeDuplicate()) {
        handed.put(newHandle(one.stored), new Handed(one.stored, one.attempt, now, null));
      }
    }
    return deliveries;
  }

  private void takeFrom(int queue, ReceiveRequest request, long now, List<Handed> taken) {
    List<Map.Entry<String, Handed>> out =
        handed.entrySet().stream()
            .filter(entry -> entry.getValue().stored.queue() == queue)
            .sorted(Comparator.comparingLong(entry -> entry.getValue().stored.offset()))
            .toList();
    boolean repeated =
        request.ordered()
            && request.attemptId() != null
            && out.stream()
                .anyMatch(e -> Objects.equals(e.getValue().attemptId, request.attemptId()));
    if (request.ordered()
        && !repeated
        && out.stream().anyMatch(entry -> entry.getValue().visibleAt > now)) {
      return;
    }
    for (Map.Entry<String, Handed> entry : out) {
      Handed before = entry.getValue();
      boolean again = before.visibleAt <= now;
      if (taken.size() < request.max()
          && (again || repeated)
          && matches(request.filter(), before.stored)) {
        handed.remove(entry.getKey());
        taken.add(new Handed(before.stored, before.attempt + (again ? 1 : 0), 0, null));
      }
    }
    List<MemoryTopic.Stored> stored = topic.queues().get(queue);
    while (!repeated && taken.size() < request.max() && cursors[queue] < stored.size()) {
      MemoryTopic.Stored next = stored.get(cursors[queue]++);
      if (matches(request.filter(), next)) {
        taken.add(new Handed(next, 1, 0, null));
      }
    }
  }

  static boolean matches(Filter filter, MemoryTopic.Stored stored) {
    if (filter.expression().equals("*")) {
      return true;
    }
    String tag = stored.message().tag();
    return tag != null && Set.of(filter.expression().split("\\s*\\|\\|\\s*", -1)).contains(tag);
  }

  /** When something hidden comes again, or the largest long. */
  long nextVisible(long now) {
    return handed.values().stream()
        .mapToLong(Handed::visibleAt)
        .filter(at -> at > now)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  void ack(String handle, long now) {
    valid(handle, now);
    handed.remove(handle);
  }

  NewHandle changeInvisible(String handle, long invisibleMillis, long now) {
    Handed before = valid(handle, now);
    handed.remove(handle);
    String fresh = newHandle(before.stored);
    long visibleAt = now + invisibleMillis;
    handed.put(fresh, new Handed(before.stored, before.attempt, visibleAt, before.attemptId));
    return new NewHandle(fresh, visibleAt);
  }

  private Handed valid(String handle, long now) {
    Handed one = handed.get(handle);
    if (one == null || one.visibleAt <= now) {
      throw GatewayException.notFound(
          Subject.HANDLE, "handle: " + handle + " (expected: one that is valid)");
    }
    return one;
  }

  int hidden(long now) {
    return (int) handed.values().stream().filter(one -> one.visibleAt > now).count();
  }

  int unacknowledged() {
    int ahead = 0;
    for (int i = 0; i < cursors.length; i++) {
      ahead += topic.queues().get(i).size() - cursors[i];
    }
    return ahead + handed.size();
  }

  private String newHandle(MemoryTopic.Stored stored) {
    String handle = topic.name() + " " + name + " " + cluster.nextSerial();
    named.put(handle, stored);
    return handle;
  }

  /** The message that any handle given so far names. */
  Delivery reread(String handle) {
    MemoryTopic.Stored stored = named.get(handle);
    if (stored == null) {
      throw GatewayException.notFound(
          Subject.MESSAGE, "handle: " + handle + " (expected: one of a message)");
    }
    return stored.delivery(topic.name(), 1, handle, 0);
  }
}
