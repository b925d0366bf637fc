package dev.sluice.rocketmq.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.ClientTls;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.remoting.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That clients of one id share what they have, and what comes and goes with them. */
class RuntimeSharingTest {
  private Ledger ledger;
  private ClusterFixture cluster;
  private String topic;

  @BeforeEach
  void connect(Ledger given) {
    ledger = given;
    cluster = new ClusterFixture(RocketMQVersion.V5, given);
    topic = cluster.newTopic(1);
  }

  @AfterEach
  void disconnect() {
    cluster.close();
  }

  private Producer producer(ClientOptions client, String group) {
    return cluster.start(
        ProducerOptions.builder(client, group).sendTimeout(Duration.ofSeconds(30)).build());
  }

  private void send(Producer producer) {
    for (int i = 0; i < 8; i++) {
      assertThat(producer.send(Message.builder(topic, "m").build()).status())
          .isEqualTo(SendStatus.OK);
    }
  }

  private Broker broker() {
    return cluster.route(topic).writable(0).broker();
  }

  private String known(String group) {
    return ProducerConnections.of(cluster, broker(), group);
  }

  private static long loopThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sluice-loop"))
        .count();
  }

  @Test
  void producersOfOneClientIdShareConnectionsAndTheLastOneClosesThem() {
    ClientOptions shared = cluster.client().instanceName(TopicNames.unique("shared")).build();
    Producer first = producer(shared, TopicNames.unique("first"));
    send(first);
    Awaitility.await().until(() -> ledger.open("pending call") == 0);
    long connections = ledger.open("connection");

    Producer second = producer(shared, TopicNames.unique("second"));
    send(second);

    assertThat(ledger.open("connection")).isEqualTo(connections);
    assertThat(ledger.open("event loop group")).isEqualTo(1);
    assertThat(ClusterFixture.close(first).clean()).isTrue();
    send(second);
    assertThat(ledger.open("connection")).isEqualTo(connections);
    assertThat(ClusterFixture.close(second).clean()).isTrue();
    assertThat(ledger.open("connection")).isLessThan(connections);
    assertThat(ledger.open("producer")).isZero();
  }

  @Test
  void theNumberOfThreadsIsTheSameForManyClients() {
    send(cluster.producer());
    long threads = loopThreads();
    List<Producer> many = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Producer producer =
          producer(cluster.client().instanceName(TopicNames.unique("one-of-many")).build(), "many");
      send(producer);
      many.add(producer);
    }

    assertThat(loopThreads()).isEqualTo(threads);
    many.forEach(producer -> assertThat(ClusterFixture.close(producer).clean()).isTrue());
  }

  @Test
  void brokersKnowAGroupWhileAProducerOfItIsOpen() {
    ClientOptions client = cluster.client().instanceName(TopicNames.unique("known")).build();
    String group = TopicNames.unique("group");
    Producer first = producer(client, group);
    Producer second = producer(client, group);
    // Whose connections stay, so that brokers do not forget with them.
    Producer other = producer(client, TopicNames.unique("other"));

    Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptions()
        .until(() -> known(group).contains(client.clientId()));
    ClusterFixture.close(first);
    assertThat(known(group)).contains(client.clientId());

    CloseReport report = ClusterFixture.close(second);

    assertThat(report.clean()).as(report.describe()).isTrue();
    RocketMQException forgotten =
        catchThrowableOfType(
            RocketMQException.class,
            () -> {
              try {
                known(group);
              } catch (RuntimeException e) {
                throw RocketMQException.from(e);
              }
            });
    assertThat(forgotten).hasMessageContaining("not exist");
    send(other);
  }

  @Test
  void otherCredentialsForTheSameClientIdAreRefusedAndLeaveNothing() {
    ClientOptions.Builder client = cluster.client().instanceName(TopicNames.unique("same"));
    Producer first = producer(client.build(), "group");

    RocketMQException refused =
        catchThrowableOfType(
            RocketMQException.class,
            () -> producer(client.credentials("someone", "secret-word").build(), "group"));

    assertThat(refused.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(refused).hasMessageContaining("someone").message().doesNotContain("secret-word");
    send(first);
    assertThat(ledger.open("producer")).isEqualTo(1);
  }

  @Test
  void anotherPortOrTlsForTheSameClientIdIsRefused() {
    String instance = TopicNames.unique("same");
    Producer first = producer(cluster.client().instanceName(instance).build(), "group");

    for (ClientOptions.Builder other :
        List.of(
            cluster.client().instanceName(instance).vipChannel(true),
            cluster.client().instanceName(instance).tls(ClientTls.standard()))) {
      RocketMQException refused =
          catchThrowableOfType(RocketMQException.class, () -> producer(other.build(), "group"));
      assertThat(refused.category()).isEqualTo(Category.INVALID_ARGUMENT);
      assertThat(refused).hasMessageContaining("as those have that share the client id");
    }
    send(first);
  }

  @Test
  void aFileThatIsNoCertificateIsNamedAndLeavesNothing(@TempDir Path folder) throws IOException {
    Path nonsense = Files.writeString(folder.resolve("nonsense.crt"), "nonsense");
    ClientTls tls = ClientTls.builder().authorities(nonsense).build();
    ClientOptions client =
        cluster.client().instanceName(TopicNames.unique("unsealed")).tls(tls).build();

    RocketMQException refused =
        catchThrowableOfType(RocketMQException.class, () -> producer(client, "group"));

    assertThat(refused.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(refused).hasMessageContaining("authorities: " + nonsense + " (expected: PEM");
    assertThat(ledger.open("producer")).isZero();
  }

  @Test
  void aProducerStartsOnceAndClosesAsOftenAsOneLikes() {
    Producer unstarted = new DefaultProducer(cluster.options().build(), cluster.runtimes);
    RocketMQException early =
        catchThrowableOfType(
            RocketMQException.class, () -> unstarted.send(Message.builder(topic, "m").build()));
    unstarted.close();
    Producer producer = cluster.producer();

    assertThat(early.category()).isEqualTo(Category.UNAVAILABLE);
    assertThatIllegalStateException()
        .isThrownBy(unstarted::start)
        .withMessageContaining("closed before");
    assertThatIllegalStateException()
        .isThrownBy(producer::start)
        .withMessageContaining("started before");
    producer.close();
    assertThat(ClusterFixture.close(producer).clean()).isTrue();
  }
}
