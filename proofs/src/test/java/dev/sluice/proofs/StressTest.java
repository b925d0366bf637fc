package dev.sluice.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of producers and consumers, created, used and dropped in every way there is: afterwards
 * the gateway, and the broker behind it, are what they were.
 */
class StressTest {

  /** What a busy machine may take; it is not waited for when all is at rest. */
  private static final Duration TIME_TO_REST = Duration.ofMinutes(3);

  /** Longer than an unused upstream stays open. */
  private static final Duration UNCHANGED = Duration.ofSeconds(3);

  /** Four crowds of 25 connections, each with 50 producers and 50 consumers. */
  private static final int CONNECTIONS = 25;

  private static final int EACH = 50;
  private static final int CROWD = CONNECTIONS * EACH;

  private final Ledger ledger;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final String name = TopicNames.unique("stress");
  // Of its own: its clients are counted, whoever they belong to.
  private RocketMQEngine engine;
  private GatewayProcess gateway;

  @TempDir Path folder;

  StressTest(Ledger ledger) {
    this.ledger = ledger;
  }

  @BeforeEach
  void start() throws Exception {
    engine = RocketMQEngine.in(folder.resolve("engine")).quickStart().heapMegabytes(512).start();
    gateway =
        GatewayProcess.start(
            Path.of(System.getProperty("sluice.root")),
            Map.of(
                "UPSTREAM",
                engine.nameServerAddress(),
                "DATA_DIR",
                folder.toString(),
                "PRODUCER_CLEANUP_TIMEOUT",
                "1s",
                "CONSUMER_CLEANUP_TIMEOUT",
                "1s"),
            folder.resolve("gateway.log"));
  }

  @AfterEach
  void end() throws Exception {
    gateway.close();
    engine.close();
    loops.shutdownGracefully().await();
  }

  @Test
  void fiveThousandProducersAndConsumersLeaveNothingBehindHoweverTheyGo() throws Exception {
    // given a gateway that has done everything once
    everyWay(2, 10);
    var observer =
        new Observer(
            gateway,
            BrokerViews.of(gateway.nameServer(), Crowd.topic(name, 0)),
            Crowd.groups(name),
            () -> 0,
            () -> 0);
    observer.thoroughly();
    Rest before = Rest.settled(gateway, observer, UNCHANGED, TIME_TO_REST);

    // when
    Sample crowded = everyWay(CONNECTIONS, EACH);

    // then they were all there, without threads of their own
    assertThat(crowded.page().value("active_producers")).isEqualTo(4 * CROWD);
    assertThat(crowded.page().value("active_consumers")).isEqualTo(4 * CROWD);
    assertThat(crowded.page().value("active_streams")).isEqualTo(4 * CROWD);
    assertThat(crowded.process().threads())
        .isLessThanOrEqualTo(before.sample().process().threads() + 5);

    // and nothing of them is left
    assertThat(before.returned(gateway, observer, 2 * CROWD, TIME_TO_REST)).isEmpty();
    assertThat(gateway.endOrderly(Duration.ofSeconds(90))).isEmpty();
  }

  /** Four crowds; yields what was seen while all of them were there. */
  private Sample everyWay(int connections, int each) throws Exception {
    int port = gateway.grpcPort();
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (FaultyNetwork network = FaultyNetwork.start(ledger, address);
        CrowdProcess killed = CrowdProcess.start(folder, port, name, connections, each)) {
      Crowd tidy = Crowd.gather(port, loops, name, connections, each, true);
      Crowd forgetful = Crowd.gather(port, loops, name, connections, each, true);
      Crowd cut = Crowd.gather(network.port(), loops, name, connections, each, false);
      await("messages")
          .atMost(TIME_TO_REST)
          .until(() -> tidy.received().sum() > 0 && cut.received().sum() > 0);
      Sample all =
          new Observer(
                  gateway,
                  BrokerViews.of(gateway.nameServer(), Crowd.topic(name, 0)),
                  List.of(),
                  () -> 0,
                  () -> 0)
              .quickly();

      assertThat(tidy.cleanUp()).isEqualTo(2 * connections * each);
      tidy.disconnect();
      forgetful.disconnect();
      network.refuse();
      network.cut();
      cut.disconnect();
      killed.kill();
      return all;
    }
  }
}
