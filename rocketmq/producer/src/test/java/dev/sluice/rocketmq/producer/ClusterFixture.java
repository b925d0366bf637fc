package dev.sluice.rocketmq.producer;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicSpec;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** A real cluster, producers on it whose ledger is the test's, and topics of the test's own. */
public final class ClusterFixture implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  public final String nameServers;
  public final ClientRuntimes runtimes;
  private final RuntimeLease admin;
  private final List<Producer> producers = new ArrayList<>();

  private final UnaryOperator<ClientOptions.Builder> access;

  public ClusterFixture(RocketMQVersion version, Ledger ledger) {
    this(SharedEngine.of(version).nameServerAddress(), options -> options, ledger);
  }

  /**
   * For a cluster of the test's own.
   *
   * @param access what its clients need to be let in
   */
  public ClusterFixture(
      String nameServers, UnaryOperator<ClientOptions.Builder> access, Ledger ledger) {
    this.nameServers = nameServers;
    this.access = access;
    this.runtimes = new ClientRuntimes(ledger, Clock.system());
    this.admin = runtimes.lease(client().instanceName(TopicNames.unique("admin")).build());
  }

  /** With time enough for a machine that is busy. */
  public ClientOptions.Builder client() {
    return access.apply(ClientOptions.builder(nameServers).callTimeout(Duration.ofSeconds(30)));
  }

  public ProducerOptions.Builder options() {
    return ProducerOptions.builder(client().build(), TopicNames.unique("producers"))
        .sendTimeout(Duration.ofSeconds(30));
  }

  public Producer producer(UnaryOperator<ProducerOptions.Builder> settings) {
    return start(settings.apply(options()).build());
  }

  public Producer producer() {
    return producer(options -> options);
  }

  /** Starts a producer, which the fixture closes in case the test does not. */
  public Producer start(ProducerOptions options) {
    Producer producer = new DefaultProducer(options, runtimes);
    producer.start();
    producers.add(producer);
    return producer;
  }

  /** A producer that has not started, and that the fixture does not close. */
  public Producer unowned(ProducerOptions options) {
    return new DefaultProducer(options, runtimes);
  }

  public RemotingClient remoting() {
    return admin.runtime().remoting();
  }

  public String newTopic(int queues) {
    return newTopic(TopicNames.unique("sent"), queues);
  }

  /** Makes a topic and waits until the name server knows it. */
  public String newTopic(String topic, int queues) {
    FutureReply.<Done>await(
        reply -> remoting().administration().createTopic(TopicSpec.normal(topic, queues), reply));
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> route(topic).writableCount() == queues);
    return topic;
  }

  public Route route(String topic) {
    return FutureReply.await(reply -> remoting().routes().refresh(topic, reply));
  }

  public static CloseReport close(Producer producer) {
    return producer.close(Duration.ofSeconds(30));
  }

  @Override
  public void close() {
    producers.forEach(ClusterFixture::close);
    admin.close(Deadline.after(Duration.ofSeconds(30)));
  }
}
