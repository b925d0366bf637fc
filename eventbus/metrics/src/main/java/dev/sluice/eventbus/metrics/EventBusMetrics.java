package dev.sluice.eventbus.metrics;

import dev.sluice.eventbus.BusSnapshot;
import dev.sluice.eventbus.BusSnapshot.Consumption;
import dev.sluice.eventbus.BusSnapshot.Health;
import dev.sluice.eventbus.BusSnapshot.Partition;
import dev.sluice.eventbus.EventBus;
import dev.sluice.lifecycle.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The meters of a bus. Their names and what they count are in {@code docs/event-bus.md}.
 *
 * <p>How many there are is bounded: by the topics that are declared, and at most 256 partitions,
 * those whose frontier has stood for longest. Keys are in no tag: {@link EventBus#inspect()} names
 * them. All that is read within a second comes of one look at the bus, which asks no broker.
 */
public final class EventBusMetrics implements MeterBinder {

  /** How many partitions have meters of their own. */
  public static final int MOST_PARTITIONS = 256;

  private static final double NANOS = 1e9;
  private static final String PREFIX = "sluice.eventbus.";

  private final EventBus bus;
  private final Clock clock;

  private EventBusMetrics(EventBus bus, Clock clock) {
    this.bus = Objects.requireNonNull(bus, "bus");
    this.clock = clock;
  }

  /** The meters of this bus; kept by the registries that they are bound to. */
  public static MeterBinder of(EventBus bus) {
    return of(bus, Clock.system());
  }

  static MeterBinder of(EventBus bus, Clock clock) {
    return new EventBusMetrics(bus, clock);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Tags tags = Tags.of("group", bus.options().group());
    MultiGauge ages =
        MultiGauge.builder(PREFIX + "partition.frontier.age")
            .description("How long the first unresolved message of a partition has been here")
            .baseUnit("seconds")
            .tags(tags)
            .register(registry);
    MultiGauge lags =
        MultiGauge.builder(PREFIX + "partition.lag")
            .description("Messages of a partition behind the committed offset")
            .baseUnit("messages")
            .tags(tags)
            .register(registry);
    MultiGauge open =
        MultiGauge.builder(PREFIX + "open")
            .description("What the ledger has open")
            .tags(tags)
            .register(registry);
    var recent =
        new RecentSnapshot(
            bus,
            clock,
            snapshot -> {
              List<Partition> shown = longestStanding(snapshot);
              ages.register(rows(shown, EventBusMetrics::ageSeconds), true);
              lags.register(rows(shown, partition -> partition.lag().orElse(0)), true);
              open.register(openRows(snapshot), true);
            });
    new BusMeters(registry, tags, recent).bind();
    for (String topic : bus.options().topics()) {
      new TopicMeters(registry, tags.and("topic", topic), recent, topic).bind();
    }
  }

  private static List<Partition> longestStanding(BusSnapshot snapshot) {
    return Stream.concat(
            snapshot.subscriptions().stream().flatMap(each -> each.partitions().stream()),
            snapshot.held().stream())
        .sorted(Comparator.comparing(Partition::frontierAge).reversed())
        .limit(MOST_PARTITIONS)
        .toList();
  }

  private static List<Row<?>> rows(List<Partition> shown, ToDoubleFunction<Partition> value) {
    return shown.stream()
        .<Row<?>>map(
            partition ->
                Row.of(
                    Tags.of("topic", partition.topic(), "partition", partition.partition()),
                    value.applyAsDouble(partition)))
        .toList();
  }

  private static List<Row<?>> openRows(BusSnapshot snapshot) {
    return snapshot.ledger().kinds().entrySet().stream()
        .<Row<?>>map(kind -> Row.of(Tags.of("kind", kind.getKey()), kind.getValue().open()))
        .toList();
  }

  private static double ageSeconds(Partition partition) {
    return partition.frontierAge().toNanos() / NANOS;
  }

  /** Those of the bus as a whole. */
  private record BusMeters(MeterRegistry registry, Tags tags, RecentSnapshot recent) {

    void bind() {
      gauge("up", "", "1 while the bus runs and its broker was reached when last tried", this::up);
      gauge("publishing", "messages", "Messages being published", now -> (double) now.publishing());
      gauge(
          "publishing.bytes",
          "bytes",
          "Bytes of messages being published",
          now -> (double) now.publishingBytes());
      counter("published", "messages", "Messages published", now -> (double) now.published());
      counter(
          "publish.failures",
          "messages",
          "Messages whose publishing failed or had no answer",
          now -> (double) now.publishFailures());
      counter(
          "rebalances",
          "rebalances",
          "How often partitions were taken away or given",
          now -> (double) now.rebalances());
    }

    private double up(BusSnapshot now) {
      return now.health() == Health.UP || now.health() == Health.ATTENTION ? 1 : 0;
    }

    private void gauge(
        String name, String unit, String description, ToDoubleFunction<BusSnapshot> value) {
      Gauge.builder(PREFIX + name, () -> value.applyAsDouble(recent.get()))
          .description(description)
          .baseUnit(unit)
          .tags(tags)
          .register(registry);
    }

    private void counter(
        String name, String unit, String description, ToDoubleFunction<BusSnapshot> value) {
      FunctionCounter.builder(PREFIX + name, recent, now -> value.applyAsDouble(now.get()))
          .description(description)
          .baseUnit(unit)
          .tags(tags)
          .register(registry);
    }
  }

  /** Those of a topic; zero while it has no handler. */
  private record TopicMeters(
      MeterRegistry registry, Tags tags, RecentSnapshot recent, String topic) {

    void bind() {
      gauge("in.flight", "messages", "Fetched and not resolved", now -> (double) now.inFlight());
      gauge("running", "handlers", "Handlers that run", now -> (double) now.running());
      gauge(
          "overdue",
          "handlers",
          "Handlers that run although they were interrupted",
          now -> (double) now.overdue());
      gauge("bytes", "bytes", "Bytes of what is not resolved", now -> (double) now.bytes());
      gauge("parked", "messages", "What waits for a person", now -> (double) now.parked());
      gauge(
          "lag",
          "messages",
          "Messages behind the committed offsets",
          now -> now.partitions().stream().mapToLong(each -> each.lag().orElse(0)).sum());
      gauge(
          "frontier.age",
          "seconds",
          "The longest that a first unresolved message has been here",
          now ->
              now.partitions().stream().mapToDouble(EventBusMetrics::ageSeconds).max().orElse(0));
      counter("handled", "messages", "Messages handled", now -> (double) now.handled());
      counter("retries", "attempts", "Attempts after the first", now -> (double) now.retries());
      counter(
          "dead.letters", "messages", "Messages dead-lettered", now -> (double) now.deadLettered());
      counter("skipped", "messages", "Messages skipped by a person", now -> (double) now.skipped());
      counter(
          "discarded",
          "results",
          "Results that came after their partition was taken away",
          now -> (double) now.discarded());
    }

    private double read(ToDoubleFunction<Consumption> value) {
      return recent.get().subscriptions().stream()
          .filter(each -> each.topic().equals(topic))
          .mapToDouble(value)
          .findFirst()
          .orElse(0);
    }

    private void gauge(
        String name, String unit, String description, ToDoubleFunction<Consumption> value) {
      Gauge.builder(PREFIX + name, () -> read(value))
          .description(description)
          .baseUnit(unit)
          .tags(tags)
          .register(registry);
    }

    private void counter(
        String name, String unit, String description, ToDoubleFunction<Consumption> value) {
      // The registry holds this weakly; the gauges' functions hold what it reads.
      FunctionCounter.builder(PREFIX + name, recent, now -> read(value))
          .description(description)
          .baseUnit(unit)
          .tags(tags)
          .register(registry);
    }
  }
}
