package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.TagSet;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.PerLoop;
import dev.sluice.gateway.upstreams.ResourceScope;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Receives that are answered once. */
final class SingleReceives implements ReceivePath {

  private final Instance instance;
  private final PerLoop<HoldLoop> holds;
  private final DeadLetters deadLetters;
  private final SingleParties parties;
  // A receive removes itself when it ends.
  private final Set<Single> underWay = ConcurrentHashMap.newKeySet();

  SingleReceives(
      Instance instance, PerLoop<HoldLoop> holds, DeadLetters deadLetters, SingleParties parties) {
    this.instance = instance;
    this.holds = holds;
    this.deadLetters = deadLetters;
    this.parties = parties;
  }

  @Override
  public Cancellable receiveOnce(
      UpstreamLease lease,
      ReceiveRequest request,
      ReceiveTerms terms,
      String client,
      Completion<List<SealedDelivery>> completion) {
    Loop loop = instance.loops().current();
    ReceiveRequest normalised;
    try {
      normalised = normalised(request);
    } catch (GatewayException e) {
      OnLoop.run(loop, () -> completion.failed(e));
      return Cancellable.NONE;
    }
    var single = new Single(SharedUpstream.of(lease), normalised, terms, loop, completion);
    underWay.add(single);
    OnLoop.run(loop, () -> single.begin(client));
    return single;
  }

  /** With its tags in one form, so that a group's members subscribe alike. */
  private static ReceiveRequest normalised(ReceiveRequest request) {
    return new ReceiveRequest(
        request.topic(),
        request.group(),
        TagSet.normalised(request.filter()),
        request.queue(),
        request.ordered(),
        request.attemptId(),
        request.max(),
        request.maxWait(),
        request.invisible(),
        request.lite());
  }

  /** Whether none is under way. */
  boolean isQuiet() {
    return underWay.isEmpty();
  }

  /** Answers each as if its time were up: its caller asks again, where it is still served. */
  void endAll() {
    underWay.forEach(Single::timeOut);
    parties.closeAll();
  }

  @Override
  public void forget(String client) {
    parties.forget(client);
  }

  private final class Single implements Cancellable, Completion<List<Delivery>> {
    private final SharedUpstream shared;
    private final ReceiveRequest request;
    private final ReceiveTerms terms;
    private final ReceiveTerms.@Nullable Holding holding;
    private final Loop loop;
    private final Completion<List<SealedDelivery>> completion;
    private Cancellable call = Cancellable.NONE;
    private Visit visit = Visit.NONE;
    private boolean cancelled;
    private boolean over;

    Single(
        SharedUpstream shared,
        ReceiveRequest request,
        ReceiveTerms terms,
        Loop loop,
        Completion<List<SealedDelivery>> completion) {
      this.shared = shared;
      this.request = request;
      this.terms = terms;
      this.holding = terms.holding();
      this.loop = loop;
      this.completion = completion;
    }

    void begin(String client) {
      if (!instance.accepting().get()) {
        end();
        completion.failed(Instance.closing());
        return;
      }
      if (request.lite() != null) {
        // Whoever subscribes to lite topics does so for itself, and shares nothing to agree on.
        receive();
        return;
      }
      shared.subscribeOnce(
          new Subscription(request.topic(), request.group(), request.filter(), terms.start()),
          new Completion<>() {
            @Override
            public void done(Void nothing) {
              enter(client);
            }

            @Override
            public void failed(GatewayException failure) {
              Single.this.failed(failure);
            }
          });
    }

    private void enter(String client) {
      parties.enter(
          new SingleParties.Key(shared, request.topic(), request.group()),
          client,
          new Demand(request.filter(), request.ordered()),
          new Completion<>() {
            @Override
            public void done(Visit entered) {
              visit = entered;
              receive();
            }

            @Override
            public void failed(GatewayException failure) {
              Single.this.failed(failure);
            }
          });
    }

    private void receive() {
      if (cancelled) {
        end();
        return;
      }
      instance.metrics().increment(Counter.POLLS);
      shared.call((upstream, done) -> call = upstream.receive(request, done), this);
      if (over) {
        call = Cancellable.NONE;
      }
    }

    @Override
    public void done(List<Delivery> received) {
      end();
      List<Delivery> deliveries =
          deadLetters.sift(shared, request.group(), terms.maxAttempts(), received);
      boolean given = !cancelled && (holding == null || holding.holder().isOpen());
      List<SealedDelivery> sealed = given ? seal(deliveries) : List.of();
      if (!given) {
        handBack(deliveries);
      }
      if (!cancelled) {
        completion.done(sealed);
      }
    }

    private List<SealedDelivery> seal(List<Delivery> deliveries) {
      if (deliveries.isEmpty()) {
        return List.of();
      }
      instance.metrics().add(Counter.MESSAGES_RECEIVED, deliveries.size());
      instance.metrics().topics().succeeded(request.topic(), Count.RECEIVED, deliveries.size());
      var sealed = new ArrayList<SealedDelivery>(deliveries.size());
      Hold hold = holding == null ? null : new Hold(holds.of(loop), holding);
      for (Delivery delivery : deliveries) {
        if (delivery.attempt() > 1) {
          instance.metrics().increment(Counter.REDELIVERIES);
        }
        String handle;
        if (hold != null) {
          handle = hold.add(shared, request.group(), delivery);
        } else if (HeldEntries.isLocal(shared)) {
          HoldLoop own = holds.of(loop);
          handle = own.seal(own.know(shared, request.group(), delivery));
        } else {
          handle = unheld(delivery);
        }
        deadLetters.given(request.group(), delivery, terms.maxAttempts());
        sealed.add(new SealedDelivery(delivery, handle));
      }
      if (hold != null) {
        hold.begin();
      }
      return sealed;
    }

    private String unheld(Delivery delivery) {
      return Handle.unheld(
              instance.peers().self(),
              delivery.visibleAgainAt(),
              shared.endpointHash(),
              delivery.topic(),
              request.group(),
              delivery.handle())
          .seal(instance.sealer());
    }

    private void handBack(List<Delivery> deliveries) {
      HoldLoop own = holds.of(loop);
      for (Delivery delivery : deliveries) {
        own.handBack(
            own.hold(held -> {}, shared, request.group(), delivery, Duration.ofSeconds(1)));
      }
    }

    @Override
    public void failed(GatewayException failure) {
      end();
      if (!cancelled) {
        instance.metrics().increment(Counter.POLL_FAILURES);
        completion.failed(failure);
      }
    }

    private void end() {
      over = true;
      underWay.remove(this);
      visit.end();
    }

    @Override
    public void cancel() {
      cancel(
          () ->
              completion.failed(
                  new GatewayException(
                      ErrorCategory.CANCELLED, Subject.NONE, "receive: cancelled")));
    }

    void timeOut() {
      cancel(() -> completion.done(List.of()));
    }

    private void cancel(Runnable answer) {
      OnLoop.run(
          loop,
          () -> {
            if (!over && !cancelled) {
              cancelled = true;
              call.cancel();
              answer.run();
            }
          });
    }
  }

  /** What one receive gave to its holder. */
  private static final class Hold implements Holder, AutoCloseable {
    private final HoldLoop loop;
    private final ResourceScope scope;
    private final Duration longest;
    private final Set<Held> all = new HashSet<>();

    Hold(HoldLoop loop, ReceiveTerms.Holding holding) {
      this.loop = loop;
      this.scope = holding.holder();
      this.longest = holding.longest();
    }

    /** Holds it; the handle for its user. */
    String add(SharedUpstream shared, String group, Delivery delivery) {
      Held held = loop.hold(this, shared, group, delivery, longest);
      all.add(held);
      return loop.seal(held);
    }

    void begin() {
      scope.adopt(this);
    }

    @Override
    public boolean isThere() {
      return scope.isOpen();
    }

    @Override
    public void released(Held held) {
      all.remove(held);
      if (all.isEmpty()) {
        scope.forget(this);
      }
    }

    @Override
    public void close() {
      loop.run(() -> List.copyOf(all).forEach(loop::handBack));
    }
  }
}
