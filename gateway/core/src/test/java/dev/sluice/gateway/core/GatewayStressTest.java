package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.deliveries.DeliverySink;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.ThreadLoops;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Real threads: connections come and go while messages flow; nothing is lost and nothing stays. */
class GatewayStressTest {

  private static final String ADDRESS = "memory:9876";
  private static final String TOPIC = "orders";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** On a busy machine a message is handed back in most rounds, which are more than 16. */
  private static final int MORE_THAN_ROUNDS = 1000;

  private static final class World implements AutoCloseable {
    private final ThreadLoops loops = new ThreadLoops(3);
    private final MemoryBackend backend;
    private final Ledger ledger;
    private final Gateway gateway;
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    World(Ledger ledger, MemoryOptions options) {
      this.ledger = ledger;
      this.backend = new MemoryBackend(loops, Clock.system(), options);
      var d = ReceiveSettings.DEFAULTS;
      this.gateway =
          Gateway.create(
              new Gateway.Parts(
                  GatewaySettings.DEFAULTS.with(
                      new ReceiveSettings(
                          50,
                          d.bufferBytes(),
                          4,
                          16,
                          Duration.ofMillis(200),
                          Duration.ofMillis(50),
                          d.invisible(),
                          d.maxHold(),
                          MORE_THAN_ROUNDS)),
                  loops,
                  List.of(backend),
                  ledger,
                  Clock.system(),
                  Sealer.with(ClusterKey.random()),
                  EndpointAllowList.of(Set.of("memory"), "memory", ADDRESS, List.of())));
      gateway.start();
      backend.makeTopic(ADDRESS, TOPIC);
    }

    @Override
    public void close() {
      CloseReport report = gateway.close(Deadline.after(Duration.ofSeconds(20)));
      assertThat(report.clean()).as(report.describe()).isTrue();
      assertThat(backend.openUpstreams()).isZero();
      assertThat(ledger.snapshot().isClean()).as(ledger.snapshot().toString()).isTrue();
      loops.close();
      assertThat(loops.failures()).isEmpty();
      assertThat(failures).isEmpty();
    }
  }

  /** A consumer that acknowledges at once, and never calls back into the test. */
  private static final class Acknowledging implements DeliverySink {
    private final World world;
    private final ConsumerSession session;
    private final Loop loop;
    private final Map<String, AtomicInteger> acknowledged;
    private final Queue<String> order;

    Acknowledging(
        World world,
        ConsumerSession session,
        Loop loop,
        Map<String, AtomicInteger> acknowledged,
        Queue<String> order) {
      this.world = world;
      this.session = session;
      this.loop = loop;
      this.acknowledged = acknowledged;
      this.order = order;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void opened() {}

    @Override
    public void deliver(SealedDelivery delivery) {
      if (!loop.inLoop()) {
        world.failures.add(new AssertionError("delivered off its loop"));
      }
      order.add(Messages.text(delivery.delivery()));
      acknowledge(delivery);
    }

    private void acknowledge(SealedDelivery delivery) {
      world
          .gateway
          .acks()
          .ack(
              session.lease(),
              delivery.handle(),
              new Completion<>() {
                @Override
                public void done(Void nothing) {
                  acknowledged
                      .computeIfAbsent(
                          Messages.text(delivery.delivery()), same -> new AtomicInteger())
                      .incrementAndGet();
                }

                @Override
                public void failed(GatewayException failure) {
                  // A handle that is refused belongs to a message that comes again.
                  if (failure.subject() != GatewayException.Subject.HANDLE
                      && world.backend.openUpstreams() > 0) {
                    world.loops.current().execute(() -> acknowledge(delivery));
                  }
                }
              });
    }

    @Override
    public void ended(GatewayException failure) {}
  }

  private static ConsumerSpec spec(boolean ordered) {
    return new ConsumerSpec(
        "",
        "",
        Credentials.NONE,
        TOPIC,
        "billing",
        Filter.ALL,
        new Subscription.Start.Earliest(),
        ordered,
        null);
  }

  private static void openConsumer(
      World world,
      ConnectionScope scope,
      Loop loop,
      boolean ordered,
      Map<String, AtomicInteger> acknowledged,
      Queue<String> order) {
    loop.execute(
        () ->
            world
                .gateway
                .sessions()
                .createConsumer(
                    scope,
                    spec(ordered),
                    new Completion<>() {
                      @Override
                      public void done(ConsumerSession session) {
                        var _ =
                            session.open(
                                new Acknowledging(world, session, loop, acknowledged, order));
                      }

                      @Override
                      public void failed(GatewayException failure) {
                        world.failures.add(failure);
                      }
                    }));
  }

  private static void send(World world, ConnectionScope scope, Loop loop, int id, int count) {
    loop.execute(
        () ->
            world
                .gateway
                .sessions()
                .createProducer(
                    scope,
                    new ProducerSpec("", "", Credentials.NONE, TOPIC),
                    new Completion<>() {
                      @Override
                      public void done(ProducerSession session) {
                        sendNext(world, session, id, 0, count);
                      }

                      @Override
                      public void failed(GatewayException failure) {
                        world.failures.add(failure);
                      }
                    }));
  }

  private static final AtomicInteger STORED = new AtomicInteger();

  private static void sendNext(World world, ProducerSession session, int id, int n, int count) {
    if (n == count) {
      return;
    }
    String key = "k" + id;
    world
        .gateway
        .sends()
        .send(
            session.lease(),
            id % 2 == 0
                ? Messages.keyed(TOPIC, id + ":" + n, key)
                : Messages.plain(TOPIC, id + ":" + n),
            new Completion<SendReceipt>() {
              @Override
              public void done(SendReceipt receipt) {
                STORED.incrementAndGet();
              }

              @Override
              public void failed(GatewayException failure) {
                world.failures.add(failure);
              }
            });
    world.loops.current().execute(() -> sendNext(world, session, id, n + 1, count));
  }

  @Test
  void everyMessageIsAcknowledgedWhileConnectionsComeAndGo(Ledger ledger) {
    for (boolean immediate : List.of(false, true)) {
      STORED.set(0);
      var options =
          immediate ? MemoryOptions.DEFAULTS.completingImmediately() : MemoryOptions.DEFAULTS;
      try (var world = new World(ledger, options)) {
        Map<String, AtomicInteger> acknowledged = new ConcurrentHashMap<>();
        var order = new ConcurrentLinkedQueue<String>();
        var producers = world.gateway.openConnection("producers");
        List<Loop> loops = world.loops.all();
        for (int id = 0; id < 12; id++) {
          send(world, producers, loops.get(id % 3), id, 500);
        }
        for (int round = 0; round < 30; round++) {
          var connections = new ArrayList<ConnectionScope>();
          for (int i = 0; i < 4; i++) {
            var scope = world.gateway.openConnection("consumer " + round + " " + i);
            connections.add(scope);
            openConsumer(world, scope, loops.get((round + i) % 3), false, acknowledged, order);
          }
          int before = order.size();
          await()
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(2))
              .atMost(PATIENCE)
              .until(() -> order.size() > before || acknowledged.size() == 6000);
          connections.forEach(ConnectionScope::close);
        }
        var last = world.gateway.openConnection("last");
        openConsumer(world, last, loops.get(0), false, acknowledged, order);
        await().atMost(PATIENCE).until(() -> STORED.get() == 6000);
        await()
            .atMost(PATIENCE)
            .until(() -> world.backend.unacknowledged(ADDRESS, TOPIC, "billing") == 0);
        // The last acknowledgement is stored a moment before it is told.
        await().atMost(PATIENCE).until(() -> acknowledged.size() == 6000);
        assertThat(world.gateway.metrics().value(Counter.BATCHES_SENT)).isPositive();
        producers.close();
        last.close();
      }
    }
  }

  @Test
  void everyKeyStaysInOrderThroughFailuresAndSlowAnswers(Ledger ledger) {
    STORED.set(0);
    try (var world = new World(ledger, MemoryOptions.DEFAULTS)) {
      world.backend.faults().delay(Operation.SEND, Duration.ofMillis(1));
      world.backend.faults().delay(Operation.ACK, Duration.ofMillis(1));
      for (int i = 0; i < 20; i++) {
        world.backend.faults().failNext(Operation.RECEIVE, GatewayException.unavailable("x", null));
        world.backend.faults().failNext(Operation.ACK, GatewayException.unavailable("x", null));
      }
      Map<String, AtomicInteger> acknowledged = new ConcurrentHashMap<>();
      var order = new ConcurrentLinkedQueue<String>();
      var scope = world.gateway.openConnection("all");
      List<Loop> loops = world.loops.all();
      for (int id = 0; id < 12; id += 2) {
        send(world, scope, loops.get(id % 3), id, 300);
      }
      await().atMost(PATIENCE).until(() -> STORED.get() == 1800);
      for (int i = 0; i < 3; i++) {
        openConsumer(world, scope, loops.get(i), true, acknowledged, order);
      }
      await().atMost(PATIENCE).until(() -> distinct(order) == 1800);
      Map<String, Integer> next = new HashMap<>();
      for (String text : order) {
        String id = text.substring(0, text.indexOf(':'));
        int n = Integer.parseInt(text.substring(text.indexOf(':') + 1));
        assertThat(n).as(text).isLessThanOrEqualTo(next.getOrDefault(id, 0));
        next.merge(id, n + 1, Math::max);
      }
      assertThat(next).hasSize(6).allSatisfy((id, n) -> assertThat(n).isEqualTo(300));
      scope.close();
    }
  }

  private static long distinct(Queue<String> order) {
    return order.stream().distinct().count();
  }
}
