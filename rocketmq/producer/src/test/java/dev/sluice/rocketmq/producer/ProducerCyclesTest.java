package dev.sluice.rocketmq.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That producers which come and go leave nothing, here and at the broker. */
class ProducerCyclesTest {
  private static final int CYCLES = 1_000;

  private ClusterFixture cluster;

  @BeforeEach
  void connect(Ledger ledger) {
    cluster = new ClusterFixture(RocketMQVersion.V5, ledger);
  }

  @AfterEach
  void disconnect() {
    cluster.close();
  }

  @Test
  void aThousandCreateUseCloseCyclesLeaveNothing(Ledger ledger) throws Exception {
    String topic = cluster.newTopic(1);
    String group = TopicNames.unique("cycles");
    int threads = 0;
    long descriptors = 0;
    long connections = ledger.open("connection");
    for (int i = 0; i < CYCLES; i++) {
      Producer producer =
          new DefaultProducer(
              ProducerOptions.builder(cluster.client().instanceName("cycle-" + i).build(), group)
                  .sendTimeout(Duration.ofSeconds(30))
                  .build(),
              cluster.runtimes);
      producer.start();
      assertThat(producer.send(Message.builder(topic, "m").build()).status())
          .isEqualTo(SendStatus.OK);
      CloseReport report = ClusterFixture.close(producer);
      assertThat(report.clean()).as(report.describe()).isTrue();
      assertThat(ledger.open("producer")).isZero();
      // Those that were there before may be fewer: servers end what is quiet for long.
      assertThat(ledger.open("connection")).isLessThanOrEqualTo(connections);
      if (i == 50) {
        threads = Thread.activeCount();
        descriptors = descriptors();
      }
    }

    assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
    assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 5);
    assertThatThrownBy(
            () -> ProducerConnections.of(cluster, cluster.route(topic).writable(0).broker(), group))
        .hasMessageContaining("not exist");
  }

  private static long descriptors() throws Exception {
    Path open = Path.of("/proc/self/fd");
    if (!Files.isDirectory(open)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(open)) {
      return all.count();
    }
  }
}
