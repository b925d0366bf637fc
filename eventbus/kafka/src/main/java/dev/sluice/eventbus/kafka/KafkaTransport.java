package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.eventbus.transport.TransportHealth;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * Kafka, as a bus uses it: one consumer on one polling thread for all declared topics, and one
 * idempotent producer. Two more threads are Kafka's own, the group's heart beat and the producer's
 * sender; those for looking up topics and for reading without the group come and go.
 *
 * @see <a href="../../../../../../../../../../docs/adr/0025-kafka-is-polled-by-one-thread.md">ADR
 *     25</a>
 */
final class KafkaTransport implements Transport {
  private static final Duration LONGEST_RESERVE = Duration.ofSeconds(1);

  private final KafkaOptions options;
  private final ChildThreads threads;
  private final Topics topics;
  private final Publisher publisher;
  private final PollLoop loop;
  private final Browser browser;
  private final BoundedCloseable closing;
  private final AtomicBoolean started = new AtomicBoolean();
  private volatile boolean closed;

  private KafkaTransport(KafkaOptions options, Ledger ledger) {
    this.options = options;
    var properties = new ClientProperties(options);
    String owner = options.bus().group();
    this.threads = new ChildThreads(ledger, owner);
    this.topics = new Topics(properties.admin(), options.newTopics(), threads);
    this.publisher =
        new Publisher(
            properties.producer(), topics, TimeoutScheduler.system(), ledger, "kafka " + owner);
    this.loop = new PollLoop(options, properties.member(), topics);
    this.browser = new Browser(properties.reader(), threads);
    this.closing =
        StagedClose.named("kafka " + owner)
            .stage("clients", 0.95, this::closeClients)
            .stage("threads", deadline -> threads.close())
            .build();
  }

  /**
   * A transport that has acquired nothing yet.
   *
   * @throws dev.sluice.eventbus.EventBusException INVALID_ARGUMENT if Kafka's clients refuse a
   *     property
   */
  static KafkaTransport create(KafkaOptions options, Ledger ledger) {
    return new KafkaTransport(options, ledger);
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public void start() {
    if (closed || !started.compareAndSet(false, true)) {
      throw new IllegalStateException("the transport was started or closed before");
    }
    publisher.start();
    if (options.bus().topics().isEmpty() || !threads.start("poll", loop::run)) {
      loop.closeUnstarted();
    }
  }

  @Override
  public CompletableFuture<Published> publish(
      String topic, OutboundMessage message, Deadline deadline) {
    return publisher.publish(topic, message, deadline);
  }

  @Override
  public void attach(String topic, Intake intake) {
    loop.attach(topic, intake);
  }

  @Override
  public void quiesce(String topic) {
    loop.quiesce(topic);
  }

  @Override
  public CompletionStage<Void> detach(String topic) {
    return loop.detach(topic);
  }

  @Override
  public CompletionStage<List<InboundMessage>> browse(
      String topic, @Nullable String from, int max) {
    return browser.browse(topic, from, max);
  }

  @Override
  public List<PartitionStatus> partitions() {
    return loop.partitions();
  }

  @Override
  public TransportHealth health() {
    long connections =
        connections(publisher.metrics(), "producer-metrics")
            + connections(loop.metrics(), "consumer-metrics");
    String detail = connections + " connections to " + options.bootstrapServers();
    if (!loop.trouble().isEmpty()) {
      detail += "; consuming is held up: " + loop.trouble();
    }
    if (publisher.producer() == null) {
      detail += "; publishing is held up: " + publisher.obstacle();
    }
    if (!topics.missing().isEmpty()) {
      detail += "; topics that do not exist: " + topics.missing();
    }
    return new TransportHealth(
        !closed && connections > 0 && loop.trouble().isEmpty() && topics.missing().isEmpty(),
        detail,
        loop.rebalances());
  }

  private static long connections(Map<MetricName, ? extends Metric> metrics, String group) {
    return metrics.entrySet().stream()
        .filter(each -> each.getKey().name().equals("connection-count"))
        .filter(each -> each.getKey().group().equals(group))
        .map(each -> each.getValue().metricValue())
        .mapToLong(value -> value instanceof Number number ? number.longValue() : 0)
        .sum();
  }

  private CompletionStage<?> closeClients(Deadline deadline) {
    return StagedClose.closeAll(
        List.of(
            StagedClose.named("kafka producer")
                .stage("sender thread", whole -> publisher.close(reserved(whole)))
                .build(),
            StagedClose.named("kafka consumer")
                .stage("polling thread", whole -> loop.close(reserved(whole)))
                .build()),
        deadline);
  }

  /** Where nobody answers, Kafka's clients end a little after the time that they are given. */
  private static Deadline reserved(Deadline whole) {
    Duration share = whole.remaining().dividedBy(5);
    return whole.minus(share.compareTo(LONGEST_RESERVE) < 0 ? share : LONGEST_RESERVE);
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    closed = true;
    if (started.compareAndSet(false, true)) {
      loop.closeUnstarted();
    }
    return closing.closeAsync(deadline);
  }
}
