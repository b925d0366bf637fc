package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.deliveries.DeliverySink;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.UpstreamSettings;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.LedgerSnapshot;
import dev.sluice.testkit.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Many threads create, use, close and clean up sessions of a few connections that come and go. More
 * of it with {@code -Dsluice.campaign=100}.
 */
class SessionsStressTest {

  private static final int ROUNDS = 6;
  private static final int THREADS = 6;
  private static final int STEPS = 150;
  private static final int CONNECTIONS = 5;
  private static final String TOPIC = "orders";

  /** An idle time of a second is over in five milliseconds. */
  private static final int HURRY = 200;

  private record Named(String name, Quota sessions, Quota streams) implements Caller {
    Named(String name) {
      this(name, Quota.of("sessions", 40, "a test"), Quota.UNLIMITED);
    }

    @Override
    public void charge(int requests) {}
  }

  /** An id that was given out, and to whom. */
  private record Given(boolean producer, String id, Caller caller) {}

  private record Connected(ConnectionScope scope, Quota quota) {}

  private static final class Nowhere implements DeliverySink {
    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void opened() {}

    @Override
    public void deliver(SealedDelivery delivery) {}

    @Override
    public void ended(GatewayException failure) {}
  }

  private static final class World {
    private final HurriedGateway hurried;
    private final Sessions sessions;
    private final List<Caller> callers =
        List.of(Caller.ANYONE, new Named("alice"), new Named("bob"));
    private final List<Connected> connections = new CopyOnWriteArrayList<>();
    private final List<Given> given = new CopyOnWriteArrayList<>();
    private final Map<Given, AtomicInteger> cleaned = new ConcurrentHashMap<>();
    // Before the cleanup and after it: in between, either answer is right.
    private final Set<Given> gone = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opened = new AtomicInteger();

    World(Ledger ledger, boolean immediate) {
      var d = UpstreamSettings.DEFAULTS;
      var options = MemoryOptions.DEFAULTS;
      hurried =
          new HurriedGateway(
              ledger,
              HURRY,
              immediate ? options.completingImmediately() : options,
              GatewaySettings.DEFAULTS
                  .with(
                      new UpstreamSettings(
                          Duration.ofSeconds(1),
                          Duration.ofSeconds(1),
                          Duration.ofHours(1),
                          d.maximum()))
                  // A close that takes longer than this would be taken for a leak.
                  .withSweepEvery(Duration.ofHours(1)));
      sessions = hurried.gateway().sessions();
      hurried.backend().makeTopic(HurriedGateway.ADDRESS, TOPIC);
    }

    void step(Seeds seeds) {
      if (connections.size() < 2) {
        connect();
      }
      Connected connected = seeds.pick(List.copyOf(connections));
      Caller caller = seeds.pick(callers);
      ConnectionScope scope = connected.scope.of(caller);
      switch (seeds.between(0, 19)) {
        case 0 -> {
          if (connections.size() < CONNECTIONS) {
            connect();
          }
        }
        case 1 -> {
          connections.remove(connected);
          hurried.somewhere(seeds, connected.scope::close);
        }
        case 2 -> connected.scope.end(caller);
        case 3, 4, 5 -> {
          boolean kept = seeds.chance(80);
          hurried.onLoop(seeds, () -> createProducer(scope, caller, kept));
        }
        case 6, 7 -> hurried.onLoop(seeds, () -> createConsumer(scope, caller, seeds.split()));
        case 8, 9, 10, 11, 12, 13 -> withSome(seeds, one -> use(seeds, connected, one));
        case 14, 15, 16 -> withSome(seeds, one -> cleanUp(seeds, connected, one));
        case 17 ->
            hurried.somewhere(
                seeds,
                () -> {
                  int count = sessions.cleanupProducers(scope, "by topic", "");
                  if (count < 0) {
                    hurried.fault("cleaned " + count);
                  }
                });
        case 18 -> {
          if (seeds.chance(20)) {
            hurried
                .backend()
                .faults()
                .failNext(Operation.START, GatewayException.unavailable("memory: away", null));
          }
        }
        default -> {
          var _ = hurried.ledger().snapshot();
        }
      }
    }

    private void connect() {
      Quota quota = Quota.of("sessions", 30, "a test");
      String peer = "peer " + opened.incrementAndGet();
      connections.add(new Connected(hurried.gateway().openConnection(peer, quota), quota));
    }

    private interface Use {
      void of(Given one);
    }

    /** Mostly one of the newest, so that several threads want the same. */
    private void withSome(Seeds seeds, Use use) {
      List<Given> all = List.copyOf(given);
      if (!all.isEmpty()) {
        use.of(all.get(Math.max(0, all.size() - seeds.between(1, seeds.chance(80) ? 5 : 100))));
      }
    }

    private void createProducer(ConnectionScope scope, Caller caller, boolean kept) {
      var outcome = hurried.<ProducerSession>outcome();
      sessions.createProducer(
          scope,
          new ProducerSpec("", "", Credentials.NONE, kept ? TOPIC : "by topic"),
          new Completion<>() {
            @Override
            public void done(ProducerSession session) {
              if (kept) {
                given.add(new Given(true, session.id(), caller));
              }
              outcome.done(session);
            }

            @Override
            public void failed(GatewayException failure) {
              outcome.failed(failure);
            }
          });
    }

    private void createConsumer(ConnectionScope scope, Caller caller, Seeds seeds) {
      var outcome = hurried.<ConsumerSession>outcome();
      sessions.createConsumer(
          scope,
          ManualGateway.consumerSpec(TOPIC, "g" + seeds.between(1, 3), "*", false),
          new Completion<>() {
            @Override
            public void done(ConsumerSession session) {
              given.add(new Given(false, session.id(), caller));
              if (seeds.chance(50)) {
                var _ = session.open(new Nowhere());
              }
              outcome.done(session);
            }

            @Override
            public void failed(GatewayException failure) {
              outcome.failed(failure);
            }
          });
    }

    private AutoCloseable session(Connected connected, Given one) {
      ConnectionScope scope = connected.scope.of(one.caller);
      return one.producer ? sessions.producer(scope, one.id) : sessions.consumer(scope, one.id);
    }

    private void use(Seeds seeds, Connected connected, Given one) {
      boolean wasGone = gone.contains(one);
      try {
        AutoCloseable found = session(connected, one);
        if (wasGone) {
          hurried.fault("back after its cleanup: " + found);
        }
        if (seeds.chance(20)) {
          close(found);
        } else if (found instanceof ConsumerSession consumer && seeds.chance(30)) {
          Seeds own = seeds.split();
          hurried.onLoop(seeds, () -> brieflyOpen(own, consumer));
        }
      } catch (GatewayException e) {
        if (e.category() != ErrorCategory.OVERLOADED
            && !(e.category() == ErrorCategory.NOT_FOUND && cleaned.containsKey(one))) {
          hurried.fault(e.toString());
        }
      }
    }

    private void brieflyOpen(Seeds seeds, ConsumerSession consumer) {
      var stream = consumer.open(new Nowhere());
      if (seeds.chance(50)) {
        stream.close();
      }
    }

    private static void close(AutoCloseable session) {
      switch (session) {
        case ProducerSession producer -> producer.close();
        case ConsumerSession consumer -> consumer.close();
        default -> throw new AssertionError(session);
      }
    }

    private void cleanUp(Seeds seeds, Connected connected, Given one) {
      if (seeds.chance(60)) {
        return;
      }
      AtomicInteger count = cleaned.computeIfAbsent(one, same -> new AtomicInteger());
      ConnectionScope scope = connected.scope.of(one.caller);
      count.addAndGet(
          one.producer
              ? sessions.cleanupProducer(scope, one.id)
              : sessions.cleanupConsumer(scope, one.id));
      gone.add(one);
    }

    /** What must hold while nobody does anything. */
    void check() {
      HurriedGateway.until(() -> isQuiet(hurried.ledger().snapshot()));
      for (Connected connected : connections) {
        for (Given one : gone) {
          use(Seeds.of(1), connected, one);
        }
      }
      cleaned.forEach((one, count) -> assertThat(count).as("cleaned up").hasValue(1));
      List<Given> kept = given.stream().filter(one -> !gone.contains(one)).limit(10).toList();
      connect();
      for (Given one : kept) {
        assertThat(session(connections.getLast(), one)).as("still usable").isNotNull();
      }
    }

    /** Whether connections hold what is live, all of it and nothing else. */
    private boolean isQuiet(LedgerSnapshot now) {
      long live = 0;
      for (Connected connected : connections) {
        Connection connection = (Connection) connected.scope;
        long own = 0;
        for (AutoCloseable adopted : connection.adopted()) {
          own += adopted instanceof CallerScope part ? part.adopted().size() : 1;
        }
        long known =
            now.owners(ResourceKinds.PRODUCER).getOrDefault(connection.peer(), 0L)
                + now.owners(ResourceKinds.CONSUMER).getOrDefault(connection.peer(), 0L);
        if (own != known || connected.quota.taken() != known) {
          return false;
        }
        live += known;
      }
      return live == now.open(ResourceKinds.PRODUCER) + now.open(ResourceKinds.CONSUMER)
          && live == now.open(ResourceKinds.LEASE)
          && now.open(ResourceKinds.PRODUCER) == hurried.count(Counter.ACTIVE_PRODUCERS)
          && now.open(ResourceKinds.CONSUMER) == hurried.count(Counter.ACTIVE_CONSUMERS)
          && now.open(ResourceKinds.STREAM) == hurried.count(Counter.ACTIVE_STREAMS);
    }

    void end() throws Exception {
      connections.forEach(connected -> connected.scope.close());
      HurriedGateway.until(
          () ->
              hurried.ledger().open(ResourceKinds.PRODUCER) == 0
                  && hurried.ledger().open(ResourceKinds.CONSUMER) == 0
                  && hurried.ledger().open(ResourceKinds.LEASE) == 0
                  && hurried.ledger().open(ResourceKinds.STREAM) == 0);
      for (Connected connected : connections) {
        assertThat(connected.quota.taken()).isZero();
        assertThat(((Connection) connected.scope).adopted()).isEmpty();
      }
      callers.forEach(caller -> assertThat(caller.sessions().taken()).isZero());
      hurried.close();
    }
  }

  private static void round(Ledger ledger, Seeds seeds) throws Exception {
    var world = new World(ledger, seeds.chance(50));
    world.hurried.atOnce(
        THREADS,
        seeds,
        own -> {
          for (int i = 0; i < STEPS; i++) {
            world.step(own);
          }
        });
    world.check();
    world.end();
  }

  @Test
  void sessionsEndOnceWithTheirConnectionsAndCleanedUpIdsStayGone(Ledger ledger) {
    Seeds.forAll(ROUNDS, seeds -> round(ledger, seeds));
  }
}
