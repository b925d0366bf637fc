package dev.sluice.gateway.spi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.TransactionCheck;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the contract's tests have in common. A backend's module extends each of them and gives it a
 * real message system and real loops; each test has an upstream and topics of its own.
 */
abstract class ContractTest {

  /** How long anything may take. */
  protected static final Duration PATIENCE = Duration.ofSeconds(30);

  static final String GROUP_PREFIX = "contract_group_";

  Upstream upstream;
  Capabilities capabilities;

  /** The backend; the same for all of a test. */
  protected abstract Backend backend();

  /** Where the message system is. */
  protected abstract UpstreamSpec spec();

  /** Loops that run. */
  protected abstract Loops loops();

  /** For what must be done while a message is hidden, and lets the test wait until it is not. */
  Duration hidden() {
    return invisible().plusSeconds(4);
  }

  /** The shortest invisible duration that the message system keeps. */
  protected Duration invisible() {
    return Duration.ofSeconds(2);
  }

  @BeforeEach
  void startUpstream() {
    upstream = backend().connect(spec());
    upstream.onCheck(this::asked);
    upstream.onMembers(this::membersChanged);
    capabilities = get(upstream::start);
  }

  /** The message system asks how a transaction ended; on a loop. */
  void asked(TransactionCheck check) {}

  /** The message system tells that a group's members have changed; on a loop. */
  void membersChanged(String group) {}

  @AfterEach
  void closeUpstream() {
    upstream.close(Deadline.after(PATIENCE));
  }

  // The rest is what tests say in one line.

  /** A topic that no other test has. */
  protected String newTopic(int queues, MessageKind kind) {
    String topic = newName("contract_topic_");
    run(done -> upstream.createTopic(topic, queues, kind, done));
    return topic;
  }

  /** A name that no other test has. */
  protected static String newName(String prefix) {
    return prefix + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
  }

  /** A subscribed group of a topic, at its end. */
  protected String newGroup(String topic) {
    return newGroup(topic, Filter.ALL);
  }

  String newGroup(String topic, Filter filter) {
    String group = newName(GROUP_PREFIX);
    run(
        done ->
            upstream.subscribe(
                new Subscription(topic, group, filter, new Subscription.Start.Latest()), done));
    return group;
  }

  static List<OutboundMessage> plain(String topic, int count) {
    var messages = new ArrayList<OutboundMessage>();
    for (int i = 0; i < count; i++) {
      messages.add(Messages.plain(topic, "m" + i));
    }
    return messages;
  }

  Outcome<List<SendReceipt>> send(List<OutboundMessage> messages) {
    var outcome = new Outcome<List<SendReceipt>>();
    onLoop(() -> upstream.send(messages, PATIENCE, outcome));
    return outcome;
  }

  ReceiveRequest request(String topic, String group, Filter filter, int max, Duration wait) {
    return new ReceiveRequest(
        topic, group, filter, null, false, null, max, wait, Duration.ofMinutes(1));
  }

  /** Hides what it gets only as long as the message system must be able to. */
  Delivery receiveBriefly(String topic, String group) {
    return receiveFor(topic, group, invisible());
  }

  /** Hides what it gets for so long. */
  Delivery receiveFor(String topic, String group, Duration invisible) {
    var request =
        new ReceiveRequest(
            topic, group, Filter.ALL, null, false, null, 1, Duration.ofSeconds(10), invisible);
    return receive(request).getFirst();
  }

  ReceiveRequest ordered(String topic, String group, String attemptId, Duration wait) {
    return new ReceiveRequest(
        topic, group, Filter.ALL, null, true, attemptId, 1, wait, Duration.ofMinutes(1));
  }

  List<Delivery> receive(ReceiveRequest request) {
    return get(done -> upstream.receive(request, done));
  }

  List<Delivery> receiveOnceSome(String topic, String group, int max) {
    return receive(request(topic, group, Filter.ALL, max, Duration.ofSeconds(10)));
  }

  List<Delivery> receiveSome(String topic, String group, Filter filter, int count) {
    var all = new ArrayList<Delivery>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (all.size() < count && System.nanoTime() < end) {
      all.addAll(receive(request(topic, group, filter, count - all.size(), Duration.ofSeconds(5))));
    }
    assertThat(all).hasSize(count);
    return all;
  }

  List<AckOutcome> ack(String topic, String group, List<Delivery> deliveries) {
    List<String> handles = deliveries.stream().map(Delivery::handle).toList();
    return get(done -> upstream.ack(topic, group, handles, done));
  }

  NewHandle changeInvisible(Delivery delivery, String group, Duration invisible) {
    return get(
        done ->
            upstream.changeInvisible(delivery.topic(), group, delivery.handle(), invisible, done));
  }

  static <T> Completion<T> completion(Consumer<T> done) {
    return new Completion<>() {
      @Override
      public void done(T value) {
        done.accept(value);
      }

      @Override
      public void failed(GatewayException failure) {
        throw failure;
      }
    };
  }

  <T> T get(Consumer<Completion<T>> call) {
    var outcome = new Outcome<T>();
    onLoop(() -> call.accept(outcome));
    return outcome.get(PATIENCE);
  }

  void run(Consumer<Completion<Void>> call) {
    var outcome = new Outcome<Void>();
    onLoop(() -> call.accept(outcome));
    outcome.succeeded(PATIENCE);
  }

  <T> GatewayException failure(Consumer<Completion<T>> call) {
    var outcome = new Outcome<T>();
    onLoop(() -> call.accept(outcome));
    return outcome.failure(PATIENCE);
  }

  void onLoop(Runnable task) {
    var ran = new Outcome<Boolean>();
    loops()
        .all()
        .getFirst()
        .execute(
            () -> {
              task.run();
              ran.done(true);
            });
    assertThat(ran.get(PATIENCE)).isTrue();
  }
}
