package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.EngineTls;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.ClientTls;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.producer.ClusterFixture;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.ProducerOptions;
import dev.sluice.rocketmq.producer.SendResult;
import dev.sluice.rocketmq.producer.SendStatus;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.TopicConfig;
import dev.sluice.rocketmq.requests.TopicRequests;
import dev.sluice.testkit.TestCertificate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Servers that talk TLS alone, ask their callers who they are, and make no topics of their own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SecuredContract {
  static final String OWNER = "the-owner";
  static final String SECRET = "the-right-word";
  private static final String WRONG = "another-word";
  private static final int READ_WRITE_INHERIT = 7;

  private RocketMQEngine engine;
  private ClientTls tls;
  private ClusterFixture cluster;

  /** An engine of a version, which knows the owner and nobody else. */
  abstract RocketMQEngineOptions.Builder asking(RocketMQEngineOptions.Builder engine);

  @BeforeAll
  void startEngine(@TempDir Path folder) throws IOException {
    TestCertificate authority = TestCertificate.authority("engines");
    Path certificate = authority.signs("engine").writeTo(folder, "engine");
    Path authorities =
        Files.writeString(folder.resolve("authority.crt"), authority.certificatePem());
    Path shown = authority.signs("client").writeTo(folder, "client");
    tls =
        ClientTls.builder()
            .authorities(authorities)
            .certificate(shown)
            .key(folder.resolve("client.key"))
            .build();
    engine =
        asking(RocketMQEngine.in(folder.resolve("data")))
            .quickStart()
            .tls(new EngineTls(certificate, folder.resolve("engine.key"), authorities))
            .brokerSetting("autoCreateTopicEnable", "false")
            .start();
  }

  @AfterAll
  void stopEngine() {
    engine.close();
  }

  @BeforeEach
  void connect(Ledger ledger) {
    cluster =
        new ClusterFixture(
            engine.nameServerAddress(),
            options -> options.tls(tls).credentials(OWNER, SECRET),
            ledger);
  }

  @AfterEach
  void disconnect() {
    cluster.close();
  }

  private Producer as(UnaryOperator<ClientOptions.Builder> access) {
    ClientOptions.Builder client =
        ClientOptions.builder(engine.nameServerAddress())
            .instanceName(TopicNames.unique("other"))
            .callTimeout(Duration.ofSeconds(30));
    return cluster.start(
        ProducerOptions.builder(access.apply(client).build(), TopicNames.unique("producers"))
            .sendTimeout(Duration.ofSeconds(30))
            .build());
  }

  private static RocketMQException refused(Producer producer, String topic) {
    RocketMQException failure =
        catchThrowableOfType(
            RocketMQException.class, () -> producer.send(Message.builder(topic, "m").build()));
    assertThat(failure).isNotNull();
    return failure;
  }

  @Test
  void producersAndPushConsumersTalkTls() {
    String topic = cluster.newTopic(1);
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        new DefaultPushConsumer(
            PushConsumerOptions.builder(
                    cluster.client().instanceName(TopicNames.unique("consumer")).build(),
                    TopicNames.unique("group"))
                .subscribe(topic)
                .startFrom(StartFrom.first())
                .handler(
                    message -> {
                      bodies.add(new String(message.bodyBytes(), StandardCharsets.UTF_8));
                      return ConsumeResult.success();
                    })
                .build(),
            cluster.runtimes);
    consumer.start();
    try {
      SendResult sent = cluster.producer().send(Message.builder(topic, "sealed").build());

      assertThat(sent.status()).isEqualTo(SendStatus.OK);
      Awaitility.await().atMost(ClusterFixture.PATIENCE).until(() -> bodies.contains("sealed"));
    } finally {
      consumer.close(Deadline.after(Duration.ofSeconds(30)));
    }
  }

  @Test
  void whoTalksNoTlsOrTrustsOthersSendsNothing() {
    String topic = cluster.newTopic(1);

    RocketMQException plain = refused(as(options -> options.credentials(OWNER, SECRET)), topic);
    RocketMQException distrustful =
        refused(as(options -> options.credentials(OWNER, SECRET).tls(ClientTls.standard())), topic);

    assertThat(plain.category()).isEqualTo(Category.UNAVAILABLE);
    assertThat(distrustful.category()).isEqualTo(Category.UNAVAILABLE);
    assertThat(distrustful).hasMessageContaining("TLS: ");
  }

  @Test
  void aWrongSecretIsRefusedAndNotTold() {
    String topic = cluster.newTopic(1);

    RocketMQException failure =
        refused(as(options -> options.tls(tls).credentials(OWNER, WRONG)), topic);

    assertThat(failure.category()).isEqualTo(Category.UNAUTHENTICATED);
    assertThat(failure.getMessage()).containsIgnoringCase("check signature failed");
    StringWriter all = new StringWriter();
    failure.printStackTrace(new PrintWriter(all));
    assertThat(all.toString()).doesNotContain(WRONG, SECRET);
  }

  @Test
  void aTopicThatIsNotThereIsNamed() {
    String topic = TopicNames.unique("missing");

    RocketMQException failure = refused(cluster.producer(), topic);

    assertThat(failure.category()).isEqualTo(Category.NOT_FOUND);
    assertThat(failure).hasMessageContaining(topic);
  }

  @Test
  void topicsAreMadeAfterOneOfOnesOwnYet() {
    String template = TopicNames.unique("template");
    Endpoint broker = Endpoint.parse(engine.brokerAddress());
    FutureReply.<Done>await(
        reply ->
            cluster
                .remoting()
                .commands()
                .call(
                    broker,
                    new TopicRequests.CreateTopic(
                        new TopicConfig(template, 3, 3, READ_WRITE_INHERIT, false, Map.of())),
                    Commands.Effect.CHANGES,
                    30_000,
                    reply));
    Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptions()
        .until(() -> cluster.route(template).writableCount() == 3);
    String topic = TopicNames.unique("made");

    SendResult sent =
        cluster
            .producer(options -> options.createTopicKey(template))
            .send(Message.builder(topic, "first").build());

    assertThat(sent.status()).isEqualTo(SendStatus.OK);
    Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptions()
        .until(() -> cluster.route(topic).writableCount() == 3);
  }
}
