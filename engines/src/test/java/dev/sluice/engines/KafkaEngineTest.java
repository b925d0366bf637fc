package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One engine's life, in order: starting one takes seconds, and each step needs the one before. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KafkaEngineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TopicPartition KEPT = new TopicPartition("kept", 0);

  private final Ledger ledger = Ledger.create();
  private Path directory = Path.of("");
  private KafkaEngine engine;

  @BeforeAll
  void startEngine(@TempDir Path data) throws Exception {
    directory = data;
    engine = KafkaEngine.in(data).ledger(ledger).start();
    try (Admin admin = admin(Duration.ofSeconds(30))) {
      admin.createTopics(List.of(new NewTopic(KEPT.topic(), 1, (short) 1))).all().get();
    }
  }

  @AfterAll
  void closeEngine() {
    engine.close();
  }

  @Test
  @Order(1)
  void takesRecordsAndIsInTheLedger() throws Exception {
    assertThat(engine.isAlive()).isTrue();
    assertThat(send("first")).isZero();
    assertThat(ledger.open(RocketMQEngine.LEDGER_KIND)).isEqualTo(1);
  }

  @Test
  @Order(2)
  void cannotBeReachedFromOutsideThisMachine() throws Exception {
    for (InetAddress address :
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(each -> !each.isLoopbackAddress() && !each.isLinkLocalAddress())
            .toList()) {
      assertThatThrownBy(
              () -> {
                try (Socket socket = new Socket()) {
                  socket.connect(new InetSocketAddress(address, engine.port()), 2000);
                }
              })
          .as("%s", address)
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  @Order(3)
  void refusesASecondEngineOnItsData() {
    assertThatThrownBy(() -> KafkaEngine.in(directory).start())
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.reason()).isEqualTo(EngineException.Reason.LOCKED))
        .hasMessageContaining(directory.toString());
    assertThat(engine.isAlive()).isTrue();
  }

  @Test
  @Order(4)
  void answersNothingWhileItIsFrozenAndGoesOnAfterwards() throws Exception {
    engine.freeze();
    try (Admin admin = admin(Duration.ofSeconds(1))) {
      assertThatThrownBy(() -> admin.describeCluster().nodes().get())
          .rootCause()
          .isInstanceOf(org.apache.kafka.common.errors.TimeoutException.class);
      assertThat(engine.isAlive()).isTrue();
    } finally {
      engine.thaw();
    }
    assertThat(send("second")).isEqualTo(1);
  }

  @Test
  @Order(5)
  void keepsItsDataAndPortWhenItIsKilled() throws Exception {
    // given
    long pid = engine.pid();
    String address = engine.bootstrapServers();
    // when
    EngineExit exit =
        engine.kill().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    // then
    assertThat(exit.pid()).isEqualTo(pid);
    assertThat(exit.code()).isEqualTo(128 + 9);
    assertThat(engine.isAlive()).isFalse();
    // when
    engine.restart();
    // then
    assertThat(engine.pid()).isNotEqualTo(pid);
    assertThat(engine.bootstrapServers()).isEqualTo(address);
    assertThat(end()).isEqualTo(2);
  }

  @Test
  @Order(6)
  void closesInOrderWithinSecondsAndLeavesNoProcess() {
    long pid = engine.pid();
    CloseReport report = engine.close(Deadline.after(PATIENCE));
    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(ledger.isEmpty()).as(ledger.toString()).isTrue();
    assertThatThrownBy(engine::restart).isInstanceOf(IllegalStateException.class);
    // when it is started again
    engine = KafkaEngine.in(directory).start();
    assertThat(engine.isAlive()).isTrue();
  }

  @Test
  @Order(7)
  void keptItsDataOverTheClose() throws Exception {
    assertThat(end()).isEqualTo(2);
  }

  private long send(String value) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", engine.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      return producer.send(new ProducerRecord<>(KEPT.topic(), value)).get().offset();
    }
  }

  private long end() throws Exception {
    try (Admin admin = admin(Duration.ofSeconds(30))) {
      return admin
          .listOffsets(Map.of(KEPT, OffsetSpec.latest()))
          .partitionResult(KEPT)
          .get()
          .offset();
    }
  }

  private Admin admin(Duration timeout) {
    return Admin.create(
        Map.of(
            "bootstrap.servers",
            engine.bootstrapServers(),
            "request.timeout.ms",
            Long.toString(timeout.toMillis()),
            "default.api.timeout.ms",
            Long.toString(timeout.toMillis())));
  }
}
