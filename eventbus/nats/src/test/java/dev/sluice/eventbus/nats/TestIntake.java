package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.dispatch.Flow;
import dev.sluice.eventbus.dispatch.FlowOwner;
import dev.sluice.eventbus.dispatch.Item;
import dev.sluice.eventbus.dispatch.Resolution;
import dev.sluice.eventbus.transport.Intake;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes what comes, and resolves it at once or when the test says so. */
final class TestIntake implements Intake {
  private final List<TestFlow> flows = new CopyOnWriteArrayList<>();
  private final List<InboundMessage> taken = new CopyOnWriteArrayList<>();
  private final int capacity;
  private final @Nullable Consumer<InboundMessage> handler;

  private TestIntake(int capacity, @Nullable Consumer<InboundMessage> handler) {
    this.capacity = capacity;
    this.handler = handler;
  }

  /** Resolves each message at once. */
  static TestIntake resolving() {
    return new TestIntake(Integer.MAX_VALUE, message -> {});
  }

  /** Hands each message to a handler, which does not block, and resolves it. */
  static TestIntake handing(Consumer<InboundMessage> handler) {
    return new TestIntake(Integer.MAX_VALUE, handler);
  }

  /** Keeps up to so many of each partition, until the test resolves them. */
  static TestIntake holding(int capacity) {
    return new TestIntake(capacity, null);
  }

  @Override
  public Flow<InboundMessage> open(String partition, FlowOwner<InboundMessage> owner) {
    TestFlow flow = new TestFlow(partition, owner);
    flows.add(flow);
    return flow;
  }

  /** All that were opened, revoked ones included. */
  List<TestFlow> flows() {
    return flows;
  }

  List<TestFlow> open() {
    return flows.stream().filter(flow -> !flow.isRevoked()).toList();
  }

  /** All that was taken, in the order in which it was. */
  List<InboundMessage> taken() {
    return taken;
  }

  List<String> bodies() {
    return taken.stream()
        .map(message -> new String(message.body(), StandardCharsets.UTF_8))
        .toList();
  }

  /** Resolves all that is held. */
  void resolveAll() {
    for (TestFlow flow : flows) {
      flow.held().forEach(flow::resolve);
    }
  }

  /** A flow whose bound is a count. */
  final class TestFlow implements Flow<InboundMessage> {
    private final String partition;
    private final FlowOwner<InboundMessage> owner;
    private final TreeMap<Long, Item<InboundMessage>> unresolved = new TreeMap<>();
    private long next = -1;
    private boolean refused;
    private boolean revoked;

    TestFlow(String partition, FlowOwner<InboundMessage> owner) {
      this.partition = partition;
      this.owner = owner;
    }

    String partition() {
      return partition;
    }

    synchronized boolean isRevoked() {
      return revoked;
    }

    synchronized List<Item<InboundMessage>> held() {
      return List.copyOf(unresolved.values());
    }

    @Override
    public boolean offer(Item<InboundMessage> item) {
      synchronized (this) {
        if (revoked || unresolved.size() >= capacity) {
          refused = true;
          return false;
        }
        if (item.offset() < next) {
          throw new IllegalArgumentException(item.offset() + " after " + next);
        }
        next = item.offset() + 1;
        unresolved.put(item.offset(), item);
        taken.add(item.message());
      }
      if (handler != null) {
        handler.accept(item.message());
        resolve(item);
      }
      return true;
    }

    void resolve(Item<InboundMessage> item) {
      boolean resolved;
      boolean room;
      synchronized (this) {
        resolved = !revoked && unresolved.remove(item.offset()) != null;
        room = resolved && refused;
        refused &= !room;
      }
      if (resolved) {
        owner.onResolved(item, Resolution.HANDLED);
      }
      if (room) {
        owner.onRoom();
      }
    }

    @Override
    public synchronized long frontier() {
      return unresolved.isEmpty() ? next : unresolved.firstKey();
    }

    @Override
    public synchronized int unresolved() {
      return unresolved.size();
    }

    @Override
    public synchronized long revoke() {
      revoked = true;
      return frontier();
    }
  }
}
