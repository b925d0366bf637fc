package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.remoting.TopicSpec;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** An engine, an official producer, and whatever consumers a test makes, all closed with it. */
final class ConsumerFixture implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final Duration CLOSE_TIME = Duration.ofSeconds(20);
  private static final AtomicInteger INSTANCES = new AtomicInteger();

  final String nameServers;
  final ClientRuntimes runtimes;
  final String group = TopicNames.unique("group");
  private final RuntimeLease lease;
  private final List<Runnable> open = new ArrayList<>();
  private final DefaultMQProducer producer;

  ConsumerFixture(SharedEngine engine, Ledger ledger) {
    nameServers = engine.nameServerAddress();
    runtimes = new ClientRuntimes(ledger, Clock.system());
    lease =
        runtimes.lease(
            ClientOptions.builder(nameServers)
                .instanceName(instance())
                .callTimeout(CLOSE_TIME)
                .build());
    producer = new DefaultMQProducer(TopicNames.unique("producers"));
    producer.setNamesrvAddr(nameServers);
    producer.setInstanceName(instance());
    producer.setSendMsgTimeout(20_000);
    try {
      producer.start();
    } catch (MQClientException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for what a busy machine brings late; calls to brokers may fail meanwhile. */
  static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE).ignoreExceptionsInstanceOf(ClientException.class);
  }

  static String instance() {
    return "test-" + ProcessHandle.current().pid() + "-" + INSTANCES.incrementAndGet();
  }

  RemotingClient remoting() {
    return lease.runtime().remoting();
  }

  String newTopic(int queues) {
    return newTopic(TopicNames.unique("consumed"), queues);
  }

  String newTopic(String topic, int queues) {
    TopicSpec spec = new TopicSpec(topic, queues, queues, TopicSpec.MessageType.UNSPECIFIED);
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              FutureReply.<Done>await(
                  reply -> remoting().administration().createTopic(spec, reply));
              return route(topic).readableCount() == queues;
            });
    return topic;
  }

  Route route(String topic) {
    return FutureReply.await(reply -> remoting().routes().lookup(topic, reply));
  }

  /** The group's offsets of all queues of a topic; -1 where it has none. */
  List<Long> committed(String topic) {
    List<Long> offsets = new ArrayList<>();
    for (TopicQueue queue : route(topic).readableQueues()) {
      offsets.add(FutureReply.await(reply -> remoting().offsets().committed(group, queue, reply)));
    }
    return offsets;
  }

  /** The members of the group that the topic's broker knows. */
  List<String> memberIds(String topic) {
    return FutureReply.await(
        reply -> remoting().consuming().memberIds(route(topic).readable(0).broker(), group, reply));
  }

  /** Asks the topic's broker for what a member of the group is to answer, as JSON. */
  String ask(String topic, String member, int code, String messageId) {
    Broker broker = route(topic).readable(0).broker();
    return FutureReply.await(
        reply ->
            remoting()
                .commands()
                .call(
                    Objects.requireNonNull(broker.master()),
                    new Inquiry(code, group, member, broker.name(), messageId),
                    Commands.Effect.READS,
                    CLOSE_TIME.toMillis(),
                    reply));
  }

  /** What administrators' tools send. */
  private record Inquiry(int code, String group, String member, String broker, String messageId)
      implements Request<String> {
    @Override
    public void writeFields(FieldWriter out) {
      out.field("consumerGroup", group)
          .field("clientId", member)
          .field("jstackEnable", false)
          .field("brokerName", broker)
          .field("msgId", messageId);
    }

    @Override
    public String read(RemotingCommand response) {
      return StandardCharsets.UTF_8
          .decode(response.requireSuccess(code).body().duplicate())
          .toString();
    }
  }

  long committedInAll(String topic) {
    return committed(topic).stream().mapToLong(Long::longValue).sum();
  }

  void send(Message message) {
    try {
      producer.send(message);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void send(String topic, String tag, String body) {
    send(new Message(topic, tag, body.getBytes(StandardCharsets.UTF_8)));
  }

  /** Sends bodies named by their prefix and number, one queue after the other. */
  List<String> sendMany(String topic, String prefix, int count) {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String body = prefix + i;
      send(topic, "", body);
      bodies.add(body);
    }
    return bodies;
  }

  /** Sends to one queue, in order. */
  List<String> sendTo(String topic, int queueId, String prefix, int count) {
    List<String> bodies = new ArrayList<>();
    try {
      var queue =
          producer.fetchPublishMessageQueues(topic).stream()
              .filter(each -> each.getQueueId() == queueId)
              .findFirst()
              .orElseThrow();
      for (int i = 0; i < count; i++) {
        String body = prefix + i;
        producer.send(new Message(topic, body.getBytes(StandardCharsets.UTF_8)), queue);
        bodies.add(body);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return bodies;
  }

  PushConsumerOptionsBuilder options(String topic) {
    return options(topic, instance());
  }

  PushConsumerOptionsBuilder options(String topic, String instance) {
    ClientOptions client =
        ClientOptions.builder(nameServers).instanceName(instance).clientIp("127.0.0.1").build();
    return PushConsumerOptions.builder(client, group)
        .subscribe(topic)
        .startFrom(StartFrom.first())
        .rebalanceInterval(Duration.ofSeconds(5));
  }

  PushConsumer start(PushConsumerOptionsBuilder options) {
    PushConsumer consumer = new DefaultPushConsumer(options.build(), runtimes);
    consumer.start();
    open.add(() -> close(consumer));
    return consumer;
  }

  /** Reads the topic as a member of the group, from its first message on. */
  PullConsumerOptions.Builder pulling(String topic) {
    return pulling().subscribe(topic);
  }

  /** Of the group, with its queues assigned. */
  PullConsumerOptions.Builder pulling() {
    return pulling(client().build());
  }

  /** Of the group, with callbacks where they are told to run. */
  PullConsumerOptions.Builder pullingOn(Executor callbacks) {
    return pulling(client().callbackExecutor(callbacks).build());
  }

  /** Of the group, with an instance name that an earlier one may have had. */
  PullConsumerOptions.Builder pullingAs(String instance) {
    return pulling(client().instanceName(instance).build());
  }

  /** Of the group in a namespace. */
  PullConsumerOptions.Builder pullingIn(String namespace) {
    return pulling(client().namespace(namespace).build());
  }

  private PullConsumerOptions.Builder pulling(ClientOptions client) {
    return PullConsumerOptions.builder(client, group)
        .startFrom(StartFrom.first())
        .rebalanceInterval(Duration.ofSeconds(5));
  }

  private ClientOptions.Builder client() {
    return ClientOptions.builder(nameServers)
        .instanceName(instance())
        .clientIp("127.0.0.1")
        .callTimeout(CLOSE_TIME);
  }

  PullConsumer start(PullConsumerOptions.Builder options) {
    PullConsumer consumer = new DefaultPullConsumer(options.build(), runtimes);
    consumer.start();
    open.add(() -> consumer.close(CLOSE_TIME));
    return consumer;
  }

  PopConsumerOptions.Builder popping() {
    return popping(client().build());
  }

  /** The same with callbacks where they are told to run. */
  PopConsumerOptions.Builder poppingOn(Executor callbacks) {
    return popping(client().callbackExecutor(callbacks).build());
  }

  private PopConsumerOptions.Builder popping(ClientOptions client) {
    return PopConsumerOptions.builder(client, group).startFrom(StartFrom.first());
  }

  PopConsumer start(PopConsumerOptions.Builder options) {
    PopConsumer consumer = new DefaultPopConsumer(options.build(), runtimes);
    consumer.start();
    open.add(() -> consumer.close(CLOSE_TIME));
    return consumer;
  }

  /** An official member of the group that pulls the topic and commits when it is told to. */
  DefaultLitePullConsumer officialPulling(String topic) throws MQClientException {
    DefaultLitePullConsumer consumer = new DefaultLitePullConsumer(group);
    consumer.setNamesrvAddr(nameServers);
    consumer.setInstanceName(instance());
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setAutoCommit(false);
    consumer.subscribe(topic, "*");
    open.add(consumer::shutdown);
    return consumer;
  }

  /** How many messages the topic's queues show to consumers. */
  long maxInAll(String topic) {
    return route(topic).readableQueues().stream()
        .mapToLong(
            queue -> FutureReply.<Long>await(reply -> remoting().offsets().max(queue, reply)))
        .sum();
  }

  static CloseReport close(PushConsumer consumer) {
    return consumer.close(Deadline.after(CLOSE_TIME));
  }

  /** An official member of the group that has yet to be told what to do with messages. */
  DefaultMQPushConsumer official() {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
    consumer.setNamesrvAddr(nameServers);
    consumer.setInstanceName(instance());
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    open.add(consumer::shutdown);
    return consumer;
  }

  static String body(ReceivedMessage message) {
    return new String(message.bodyBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    open.reversed().forEach(Runnable::run);
    producer.shutdown();
    lease.close(Deadline.after(CLOSE_TIME));
  }
}
