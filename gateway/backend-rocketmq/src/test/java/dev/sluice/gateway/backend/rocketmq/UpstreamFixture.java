package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.CheckListener;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A started upstream, and the calls that tests make most, which wait. */
final class UpstreamFixture implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration QUIET = Duration.ofMillis(1500);
  static final Duration INVISIBLE = Duration.ofSeconds(60);

  final Upstream upstream;
  final Capabilities capabilities;

  private UpstreamFixture(Upstream upstream, Capabilities capabilities) {
    this.upstream = upstream;
    this.capabilities = capabilities;
  }

  static UpstreamFixture start(TestLoops loops, String nameServers) {
    return start(loops, nameServers, Credentials.NONE);
  }

  static UpstreamFixture start(TestLoops loops, String nameServers, Credentials credentials) {
    return start(loops.backend(), nameServers, credentials, check -> {});
  }

  /** One that may be asked how transactions ended. */
  static UpstreamFixture start(RocketMQBackend backend, String nameServers, CheckListener checks) {
    return start(backend, nameServers, Credentials.NONE, checks);
  }

  private static UpstreamFixture start(
      RocketMQBackend backend, String nameServers, Credentials credentials, CheckListener checks) {
    Upstream upstream = backend.connect(new UpstreamSpec(nameServers, "", credentials));
    upstream.onCheck(checks);
    return new UpstreamFixture(upstream, get(upstream::start));
  }

  String newTopic(int queues, MessageKind kind) {
    String topic = TopicNames.unique("topic");
    run(done -> upstream.createTopic(topic, queues, kind, done));
    return topic;
  }

  String newGroup(String topic, Subscription.Start start) {
    String group = TopicNames.unique("group");
    subscribe(topic, group, start);
    return group;
  }

  void subscribe(String topic, String group, Subscription.Start start) {
    run(done -> upstream.subscribe(new Subscription(topic, group, Filter.ALL, start), done));
  }

  List<SendReceipt> send(OutboundMessage... messages) {
    return get(done -> upstream.send(List.of(messages), PATIENCE, done));
  }

  static ReceiveRequest request(String topic, String group, Duration wait) {
    return new ReceiveRequest(topic, group, Filter.ALL, null, false, null, 32, wait, INVISIBLE);
  }

  List<Delivery> receive(ReceiveRequest request) {
    return get(done -> upstream.receive(request, done));
  }

  /** Receives until there are so many. */
  List<Delivery> receive(String topic, String group, int count) {
    List<Delivery> all = atLeast(topic, group, count);
    assertThat(all).hasSize(count);
    return all;
  }

  /** Receives until there are so many, or nothing came for long. */
  private List<Delivery> atLeast(String topic, String group, int count) {
    List<Delivery> all = new ArrayList<>();
    Deadline deadline = Deadline.after(PATIENCE);
    while (all.size() < count && !deadline.isPast()) {
      List<Delivery> some = receive(request(topic, group, Duration.ofSeconds(2)));
      if (all.addAll(some)) {
        deadline = Deadline.after(PATIENCE);
      }
    }
    return all;
  }

  /** Receives until there are so many, and then until nothing came for a while. */
  List<Delivery> receiveAll(String topic, String group, int expected) {
    List<Delivery> all = atLeast(topic, group, expected);
    all.addAll(receiveAll(topic, group));
    return all;
  }

  /** Receives until nothing came for a while. */
  List<Delivery> receiveAll(String topic, String group) {
    List<Delivery> all = new ArrayList<>();
    List<Delivery> some;
    do {
      some = receive(request(topic, group, QUIET));
      all.addAll(some);
    } while (!some.isEmpty());
    return all;
  }

  void ack(String group, List<Delivery> deliveries) {
    List<AckOutcome> outcomes =
        get(
            done ->
                upstream.ack(
                    deliveries.getFirst().topic(),
                    group,
                    deliveries.stream().map(Delivery::handle).toList(),
                    done));
    assertThat(outcomes).hasSameSizeAs(deliveries).containsOnly(AckOutcome.OK);
  }

  static <T> T get(Consumer<Completion<T>> call) {
    return outcome(call).get(PATIENCE);
  }

  static void run(Consumer<Completion<Void>> call) {
    outcome(call).succeeded(PATIENCE);
  }

  static <T> Outcome<T> outcome(Consumer<Completion<T>> call) {
    Outcome<T> outcome = new Outcome<>();
    call.accept(outcome);
    return outcome;
  }

  @Override
  public void close() {
    CloseReport report = upstream.close(Deadline.after(PATIENCE));
    assertThat(report.clean()).as(report.describe()).isTrue();
  }
}
