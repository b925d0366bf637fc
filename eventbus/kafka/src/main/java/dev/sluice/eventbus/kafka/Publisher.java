package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * Publishes through Kafka's idempotent producer, which is told never to block: what it does not
 * take at once, for want of metadata, waits in the {@link TopicLane} of its topic.
 */
final class Publisher {
  /** A bus that publishes to more topics than that has mistaken keys for topics. */
  private static final int MOST_TOPICS = 10_000;

  private static final Duration RETRY = Duration.ofMillis(500);

  private final Map<String, Object> properties;
  private final Topics topics;
  private final TimeoutScheduler scheduler;
  private final Tally pending;

  /** Never removed, MOST_TOPICS at most. */
  private final ConcurrentMap<String, TopicLane> lanes = new ConcurrentHashMap<>();

  private final AtomicReference<State> state = new AtomicReference<>(new Connecting("not started"));

  private sealed interface State {}

  /** There is no producer yet. */
  private record Connecting(String obstacle) implements State {}

  private record Open(Producer<byte[], byte[]> producer) implements State {}

  private record Closed() implements State {}

  Publisher(
      Map<String, Object> properties,
      Topics topics,
      TimeoutScheduler scheduler,
      Ledger ledger,
      String owner) {
    this.properties = properties;
    this.topics = topics;
    this.scheduler = scheduler;
    this.pending = ledger.tally("publishing", owner);
  }

  /** Makes the producer, which looks up the brokers' names, on a thread of its own. */
  void start() {
    Thread.ofVirtual().name("eventbus-kafka-connect").start(this::connect);
  }

  private void connect() {
    State before = state.get();
    if (!(before instanceof Connecting)) {
      return;
    }
    State next;
    try {
      next = new Open(new KafkaProducer<>(properties));
    } catch (RuntimeException e) { // names that cannot be looked up, key stores that are not there
      next = new Connecting(Failures.describe(e.getCause() == null ? e : e.getCause()));
    }
    if (!state.compareAndSet(before, next)) {
      // Closed meanwhile.
      if (next instanceof Open open) {
        open.producer().close(Duration.ZERO);
      }
    } else if (next instanceof Open) {
      lanes.values().forEach(TopicLane::look);
    } else {
      scheduler.schedule(this::connect, RETRY);
    }
  }

  CompletableFuture<Published> publish(String topic, OutboundMessage message, Deadline deadline) {
    TopicLane lane = lanes.get(topic);
    if (lane == null) {
      if (lanes.size() >= MOST_TOPICS) {
        return CompletableFuture.failedFuture(
            EventBusException.of(
                Category.OVERLOADED,
                "topic: " + topic + " (expected: at most " + MOST_TOPICS + " topics)"));
      }
      lane = lanes.computeIfAbsent(topic, each -> new TopicLane(each, this, scheduler));
    }
    var publish = new PendingPublish(topic, message, deadline);
    pending.add(1);
    var unused = publish.result().whenComplete((done, failure) -> pending.remove(1));
    lane.add(publish);
    return publish.result();
  }

  @Nullable Producer<byte[], byte[]> producer() {
    return state.get() instanceof Open open ? open.producer() : null;
  }

  /** What the producer measures. */
  Map<MetricName, ? extends Metric> metrics() {
    Producer<byte[], byte[]> producer = producer();
    return producer == null ? Map.of() : producer.metrics();
  }

  String obstacle() {
    return state.get() instanceof Connecting connecting ? connecting.obstacle() : "closed";
  }

  boolean isClosed() {
    return state.get() instanceof Closed;
  }

  /** Sees to it that a topic comes to be; null as long as it may, otherwise why it does not. */
  @Nullable EventBusException makeTopic(String topic) {
    return topics.make(topic);
  }

  /**
   * Takes nothing more, fails what was not handed to the producer, and has it send the rest, for as
   * long as there is time; what then has no answer fails as UNKNOWN_OUTCOME.
   *
   * @return completes when all of them have an answer, and the producer's thread and connections
   *     are gone
   */
  CompletionStage<Void> close(Deadline deadline) {
    State before = state.getAndSet(new Closed());
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    lanes.values().forEach(lane -> ends.add(lane.close()));
    if (before instanceof Open open) {
      ends.add(close(open.producer(), deadline));
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
        .whenComplete((done, failure) -> pending.close());
  }

  private CompletableFuture<Void> close(Producer<byte[], byte[]> producer, Deadline deadline) {
    var closed = new CompletableFuture<Void>();
    Thread.ofPlatform()
        .daemon()
        .name("eventbus-kafka-close")
        .start(
            () -> {
              try {
                // It would also wait for answers that nobody waits for.
                producer.close(pending.value() == 0 ? Duration.ZERO : deadline.remaining());
                closed.complete(null);
              } catch (RuntimeException e) {
                closed.completeExceptionally(e);
              }
            });
    return closed;
  }
}
