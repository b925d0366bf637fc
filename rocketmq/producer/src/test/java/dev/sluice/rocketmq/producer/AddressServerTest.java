package dev.sluice.rocketmq.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.AddressServer;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Producers whose name servers an HTTP server tells. */
class AddressServerTest {
  private ClusterFixture cluster;
  private HttpServer http;
  private Path snapshot;

  @BeforeEach
  void serve(Ledger ledger, @TempDir Path folder) throws IOException {
    cluster = new ClusterFixture(RocketMQVersion.V5, ledger);
    snapshot = folder.resolve("name-servers");
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] list = cluster.nameServers.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, list.length);
            exchange.getResponseBody().write(list);
          }
        });
    http.start();
  }

  @AfterEach
  void stop() {
    http.stop(0);
    cluster.close();
  }

  private ProducerOptions options(Duration interval) {
    return ProducerOptions.builder(
            ClientOptions.builder(
                    AddressServer.builder("http://127.0.0.1:" + http.getAddress().getPort() + '/')
                        .interval(interval)
                        .snapshot(snapshot)
                        .build())
                .instanceName("told")
                .callTimeout(Duration.ofSeconds(30))
                .build(),
            "producers")
        .sendTimeout(Duration.ofSeconds(30))
        .build();
  }

  @Test
  void theNameServersAreThoseThatItTellsOrOnceTold() {
    Message message = Message.builder(cluster.newTopic(1), "m").build();
    Producer first = cluster.start(options(Duration.ofMinutes(2)));
    assertThat(first.send(message).status()).isEqualTo(SendStatus.OK);
    assertThat(snapshot).hasContent(cluster.nameServers);
    first.close();
    http.stop(0);

    Producer second = cluster.start(options(Duration.ofMinutes(2)));

    assertThat(second.send(message).status()).isEqualTo(SendStatus.OK);
  }

  @Test
  void thoseThatShareAClientIdAskAsOften() {
    Producer first = cluster.start(options(Duration.ofMinutes(2)));

    RocketMQException refused =
        catchThrowableOfType(
            RocketMQException.class, () -> cluster.start(options(Duration.ofMinutes(1))));

    assertThat(refused.category()).isEqualTo(RocketMQException.Category.INVALID_ARGUMENT);
    assertThat(refused)
        .hasMessageContaining("addressServer of client")
        .hasMessageContaining("PT2M");
    assertThat(first.send(Message.builder(cluster.newTopic(1), "m").build()).status())
        .isEqualTo(SendStatus.OK);
  }
}
