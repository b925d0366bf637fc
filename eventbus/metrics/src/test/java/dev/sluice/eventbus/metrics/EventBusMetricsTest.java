package dev.sluice.eventbus.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.MemoryOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.memory.MemoryCluster;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FakeClock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventBusMetricsTest {

  private static final Path ROOT = Path.of(System.getProperty("sluice.root", "../.."));
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(sluice\\.eventbus\\.[a-z.]+)` \\|");

  private final FakeClock clock = FakeClock.create();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private EventBus bus;

  @BeforeEach
  void start(Ledger ledger) {
    MemoryCluster wide = MemoryCluster.create(300, 1000, 1 << 20);
    bus =
        EventBus.create(
            MemoryOptions.of(BusOptions.of("shop", "orders", "idle")).member("m", wide), ledger);
    bus.start();
    EventBusMetrics.of(bus, clock).bindTo(registry);
  }

  @AfterEach
  void close() {
    bus.close();
    registry.close();
  }

  private double gauge(String name, String... tags) {
    return registry.get("sluice.eventbus." + name).tags(tags).gauge().value();
  }

  private double counter(String name, String... tags) {
    return registry.get("sluice.eventbus." + name).tags(tags).functionCounter().count();
  }

  @Test
  void theMetersAreThoseThatThePageNames() throws IOException {
    subscribe();
    awaitPartitions();
    gauge("up");
    Set<String> there =
        registry.getMeters().stream()
            .map(Meter::getId)
            .map(Meter.Id::getName)
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> named =
        ROW.matcher(Files.readString(ROOT.resolve("docs/event-bus.md")))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named).isEqualTo(there);
  }

  /** Partitions are given to a subscription after it began, and have meters from then on. */
  private void awaitPartitions() {
    await().until(() -> bus.inspect().subscriptions().getFirst().partitions().size() == 300);
  }

  private void subscribe() {
    bus.subscribe(
        "orders",
        SubscribeOptions.of(FailurePolicy.park(3, Backoff.fixed(Duration.ofMillis(1)))),
        message -> {
          if ("poison".equals(message.key())) {
            throw new IllegalStateException("poison");
          }
        });
  }

  @Test
  void theyCountWhatTheBusDoes() {
    assertThat(bus.publish("orders", OutboundMessage.of("sound", new byte[10])).join()).isNotNull();
    assertThat(bus.publish("orders", OutboundMessage.of("poison", new byte[10])).join())
        .isNotNull();
    assertThat(bus.publish("orders", OutboundMessage.of("poison", new byte[10])).join())
        .isNotNull();
    subscribe();
    await()
        .until(
            () -> {
              var now = bus.inspect().subscriptions().getFirst();
              // What was handled is committed a moment later.
              long lag = now.partitions().stream().mapToLong(each -> each.lag().orElse(0)).sum();
              return now.handled() == 1 && now.parked() == 1 && now.inFlight() == 2 && lag == 2;
            });
    clock.advance(Duration.ofSeconds(1));

    assertThat(gauge("up", "group", "shop")).isEqualTo(1);
    assertThat(counter("published", "group", "shop")).isEqualTo(3);
    assertThat(counter("handled", "topic", "orders")).isEqualTo(1);
    assertThat(counter("retries", "topic", "orders")).isEqualTo(2);
    assertThat(gauge("parked", "topic", "orders")).isEqualTo(1);
    assertThat(gauge("in.flight", "topic", "orders")).isEqualTo(2);
    assertThat(gauge("lag", "topic", "orders")).isEqualTo(2);
    assertThat(gauge("frontier.age", "topic", "orders")).isPositive();
    assertThat(counter("handled", "topic", "idle")).isZero();
    assertThat(gauge("open", "kind", "subscription")).isEqualTo(1);
  }

  @Test
  void allThatIsReadWithinASecondComesOfOneLook() {
    assertThat(counter("published")).isZero();
    assertThat(bus.publish("orders", OutboundMessage.of("k", new byte[1])).join()).isNotNull();

    assertThat(counter("published")).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(counter("published")).isEqualTo(1);
  }

  @Test
  void partitionsHaveMetersUpToABound() {
    subscribe();
    awaitPartitions();
    clock.advance(Duration.ofSeconds(1));
    gauge("up");

    assertThat(registry.find("sluice.eventbus.partition.lag").gauges())
        .hasSize(EventBusMetrics.MOST_PARTITIONS);
  }

  @Test
  void aClosedBusIsNotUp() {
    bus.close();
    assertThat(gauge("up")).isZero();
  }
}
