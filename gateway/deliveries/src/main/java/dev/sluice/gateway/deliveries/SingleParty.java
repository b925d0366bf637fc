package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.Agreement;
import dev.sluice.gateway.groups.Agreements;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The callers of single receives of one group and topic. Each of their receives asks for what its
 * caller wants and nothing else, so that all callers must want the same. One that has not received
 * for a while is forgotten, and the party ends with its last. Belongs to a loop; {@link
 * #enterAgain} and the end of a visit are for any thread.
 */
final class SingleParty implements Agreement.Listener {

  /** Who has not received for so long is gone. */
  static final Duration FORGOTTEN = Duration.ofSeconds(60);

  private static final Duration LOOK = Duration.ofSeconds(30);
  private static final int MOST_CLIENTS = 10_000;

  private final Instance instance;
  private final SingleParties parties;
  private final SingleParties.Key key;
  private final Loop loop;
  private final Agreement agreement;
  // Those that were let in; removed when forgotten.
  private final ConcurrentMap<String, Client> clients = new ConcurrentHashMap<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private volatile @Nullable ActiveUpstream through;
  private volatile boolean closed;
  private Cancellable timer = Cancellable.NONE;
  private @Nullable Waiting proposed;
  private boolean over;

  private record Waiting(String client, Demand demand, Completion<Visit> completion) {}

  /** A caller, and what it wants. */
  private final class Client implements Visit {
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile Demand demand;
    private volatile long lastUsed = instance.clock().nanoTime();

    Client(Demand demand) {
      this.demand = demand;
    }

    @Override
    public void end() {
      lastUsed = instance.clock().nanoTime();
      underWay.decrementAndGet();
    }

    boolean isGone(long now) {
      return underWay.get() == 0 && now - lastUsed >= FORGOTTEN.toNanos();
    }
  }

  SingleParty(
      Instance instance,
      SingleParties parties,
      Agreements agreements,
      SingleParties.Key key,
      Loop loop) {
    this.instance = instance;
    this.parties = parties;
    this.key = key;
    this.loop = loop;
    this.agreement = agreements.open(key.shared(), key.topic(), key.group(), loop, this);
    loop.execute(this::lookLater);
  }

  /** Lets a caller in that was let in before with the same, through the same; else null. */
  @Nullable Visit enterAgain(String name, Demand demand, ActiveUpstream active) {
    Client client = clients.get(name);
    if (client == null || !demand.equals(client.demand) || !active.equals(through)) {
      return null;
    }
    client.underWay.incrementAndGet();
    if (closed) {
      client.underWay.decrementAndGet();
      return null;
    }
    return client;
  }

  void enter(String name, Demand demand, Loop caller, Completion<Visit> completion) {
    OnLoop.run(
        loop,
        () -> {
          waiting.add(new Waiting(name, demand, new OnLoop<>(caller, completion)));
          decide();
        });
  }

  private void decide() {
    while (proposed == null && !agreement.isProposing() && !waiting.isEmpty()) {
      Waiting next = waiting.remove();
      if (over) {
        parties.enter(key, next.client, next.demand, next.completion);
        continue;
      }
      Demand other = wantedByOthers(next);
      if (other != null) {
        Optional<GatewayException> refusal = agreement.judge(next.demand, other);
        refusal.ifPresentOrElse(next.completion::failed, () -> admit(next));
      } else if (isAgreedOn(next.demand)) {
        admit(next);
      } else {
        propose(next);
      }
    }
  }

  private boolean isAgreedOn(Demand demand) {
    ActiveUpstream active = key.shared().current();
    return demand.equals(agreement.asked()) && active != null && active.equals(through);
  }

  private @Nullable Demand wantedByOthers(Waiting next) {
    long now = instance.clock().nanoTime();
    for (var each : clients.entrySet()) {
      Client client = each.getValue();
      if (!each.getKey().equals(next.client)
          && !client.demand.equals(next.demand)
          && !client.isGone(now)) {
        return client.demand;
      }
    }
    return null;
  }

  private void propose(Waiting next) {
    proposed = next;
    agreement.propose(
        next.demand,
        new Completion<>() {
          @Override
          public void done(Demand demand) {
            proposed = null;
            through = key.shared().current();
            admit(next);
            decide();
          }

          @Override
          public void failed(GatewayException failure) {
            proposed = null;
            next.completion.failed(failure);
            decide();
          }
        });
  }

  private void admit(Waiting next) {
    Client known = clients.get(next.client);
    if (known == null && clients.size() >= MOST_CLIENTS) {
      next.completion.done(Visit.NONE);
      return;
    }
    Client client = known == null ? new Client(next.demand) : known;
    client.demand = next.demand;
    client.underWay.incrementAndGet();
    clients.put(next.client, client);
    agreement.clients(clients.size());
    next.completion.done(client);
  }

  /** The caller is gone. */
  void forget(String name) {
    Client client = clients.get(name);
    if (client != null && client.underWay.get() == 0) {
      clients.remove(name, client);
      OnLoop.run(loop, this::closeIfUnused);
    }
  }

  private void lookLater() {
    if (!over) {
      timer = loop.schedule(this::look, LOOK);
    }
  }

  private void look() {
    long now = instance.clock().nanoTime();
    clients.values().removeIf(client -> client.isGone(now));
    closeIfUnused();
    if (!over) {
      agreement.clients(clients.size());
      lookLater();
    }
  }

  private void closeIfUnused() {
    if (clients.isEmpty() && waiting.isEmpty() && proposed == null && !over) {
      end();
    }
  }

  /** Ends it unless somebody is receiving; for any thread. */
  void close() {
    OnLoop.run(
        loop,
        () -> {
          if (!instance.accepting().get()) {
            refuseAll();
          }
          if (!over && proposed == null && waiting.isEmpty()) {
            closed = true;
            if (clients.values().stream().anyMatch(client -> client.underWay.get() > 0)) {
              closed = false;
            } else {
              end();
            }
          }
        });
  }

  /** The gateway closes, and a proposal may wait for a message system that is away. */
  private void refuseAll() {
    List<Waiting> all = new ArrayList<>(waiting);
    waiting.clear();
    Waiting first = proposed;
    if (first != null) {
      proposed = null;
      all.addFirst(first);
    }
    all.forEach(each -> each.completion.failed(Instance.closing()));
  }

  private void end() {
    closed = true;
    over = true;
    timer.cancel();
    parties.remove(key, this);
    agreement.close(() -> {});
  }

  @Override
  public void mayBeProposedTo() {
    decide();
  }

  /** Nothing is asked for here that a caller does not want. */
  @Override
  public void asksNow(Demand demand) {}

  /** Nor less than callers want. */
  @Override
  public void differsForGood(GatewayException refusal) {}
}
