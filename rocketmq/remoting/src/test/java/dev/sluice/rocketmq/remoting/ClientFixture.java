package dev.sluice.rocketmq.remoting;

import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.MessageProperties;
import dev.sluice.rocketmq.requests.PopReply;
import dev.sluice.rocketmq.requests.PoppedMessage;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** A started client with loops of its own, and the calls that tests make most. */
final class ClientFixture implements AutoCloseable {
  /** Of calls that are answered; on a busy machine a broker may take its time. */
  static final long TIMEOUT = 30_000;

  final EventLoops loops;
  final RemotingClient client;

  private ClientFixture(EventLoops loops, RemotingClient client) {
    this.loops = loops;
    this.client = client;
  }

  static ClientFixture start(String nameServers, Ledger ledger) {
    return start(nameServers, ledger, options -> options);
  }

  static ClientFixture start(
      String nameServers, Ledger ledger, UnaryOperator<RemotingOptionsBuilder> settings) {
    return start(settings.apply(RemotingOptions.builder(nameServers)).build(), ledger);
  }

  static ClientFixture start(RemotingOptions options, Ledger ledger) {
    EventLoops loops = EventLoops.owned(2, ledger);
    loops.start();
    RemotingClient client = RemotingClient.create(options, loops, ledger, Clock.system());
    ClientFixture fixture = new ClientFixture(loops, client);
    try {
      client.start();
    } catch (RuntimeException e) {
      fixture.close();
      throw e;
    }
    return fixture;
  }

  /** Makes a topic of its own and waits until the name server knows it. */
  String newTopic(String prefix, int queues) {
    String topic = TopicNames.unique(prefix);
    made(reply -> client.administration().createTopic(TopicSpec.normal(topic, queues), reply));
    Awaitility.await().ignoreExceptions().until(() -> route(topic).writableCount() == queues);
    return topic;
  }

  String newGroup(boolean ordered) {
    String group = TopicNames.unique("group");
    made(reply -> client.administration().createGroup(new GroupSpec(group, ordered, 16), reply));
    return group;
  }

  /** Once more where a busy machine has not answered in the time that the client allows. */
  private static void made(Consumer<Reply<Done>> call) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> FutureReply.await(call) != null);
  }

  Route route(String topic) {
    return FutureReply.await(reply -> client.routes().lookup(topic, reply));
  }

  static SendBatch.Member member(String body, Map<String, String> properties) {
    return SendBatch.Member.of(
        0,
        MessageProperties.encode(properties),
        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer());
  }

  static OutgoingMessage message(String body, Map<String, String> properties) {
    return new OutgoingMessage(
        "producers", 0, System.currentTimeMillis(), member(body, properties));
  }

  SendReply send(TopicQueue queue, String body) {
    return FutureReply.await(
        reply -> client.sending().send(queue, message(body, Map.of()), TIMEOUT, reply));
  }

  PopReply pop(PopRequest request) {
    return FutureReply.await(reply -> client.popping().pop(request, reply));
  }

  /** Pops until there are as many messages, or the time is up. */
  List<PoppedMessage> popAll(PopRequest request, int count, Duration time) {
    List<PoppedMessage> all = new ArrayList<>();
    Deadline deadline = Deadline.after(time);
    while (all.size() < count && !deadline.isPast()) {
      all.addAll(pop(request).messages());
    }
    return all;
  }

  /** Pulls from the offset on until there are as many messages, or the time is up. */
  List<StoredMessage> pullAll(
      TopicQueue queue, String group, Filter filter, long from, int count, Duration time) {
    List<StoredMessage> all = new ArrayList<>();
    Deadline deadline = Deadline.after(time);
    long next = from;
    while (all.size() < count && !deadline.isPast()) {
      long offset = next;
      PullReply pulled =
          FutureReply.await(
              reply -> client.pulling().pull(group, queue, offset, 32, 500, filter, reply));
      all.addAll(pulled.messages());
      next = pulled.nextOffset();
    }
    return all;
  }

  static String body(StoredMessage message) {
    return StandardCharsets.UTF_8.decode(message.body().require().duplicate()).toString();
  }

  AckStatus ack(String group, PoppedMessage message) {
    return FutureReply.await(
        reply -> client.popping().ack(group, message.topic(), message.handle(), TIMEOUT, reply));
  }

  static String body(PoppedMessage message) {
    return body(message.message());
  }

  CloseReport closeClient() {
    return client.close(Deadline.after(Duration.ofSeconds(60)));
  }

  @Override
  public void close() {
    client.close(Deadline.after(Duration.ofSeconds(2)));
    loops.close(Deadline.after(Duration.ofSeconds(5)));
  }
}
