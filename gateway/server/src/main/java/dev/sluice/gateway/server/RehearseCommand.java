package dev.sluice.gateway.server;

import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.HealthCheckRequest;
import dev.sluice.lifecycle.Deadline;
import io.grpc.StatusException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code sluice rehearse}: starts a gateway on free ports in front of nothing, asks it this and
 * that, and stops it. The launcher runs it once after a build, for Java to record what a start
 * needs in its ahead-of-time cache.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Starts and stops a gateway, for Java's ahead-of-time cache.")
final class RehearseCommand implements Callable<Integer> {
  /** Nobody listens there. */
  private static final String NOWHERE = "127.0.0.1:1";

  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);
  private static final int HTTP_MILLIS = 5_000;
  private static final List<String> PATHS =
      List.of("/health", "/ready", "/metrics", "/metrics/prometheus");

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("sluice-rehearsal");
    GatewayServer server = GatewayServer.rocketMQ(settings(folder), line -> {});
    try {
      server.start();
      ask(server);
    } finally {
      server.close(Deadline.after(CLOSE_TIME));
      Files.deleteIfExists(folder.resolve("cluster.key"));
      Files.delete(folder);
    }
    return ExitCodes.OK;
  }

  private static Settings settings(Path folder) {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.GRPC_PORT, "0");
    flags.put(Setting.METRICS_PORT, "0");
    flags.put(Setting.UPSTREAM, NOWHERE);
    flags.put(Setting.DATA_DIR, folder.toString());
    flags.put(Setting.ROCKETMQ_LOG_LEVEL, "off");
    Settings settings = Settings.read(flags, Optional.empty(), Map.of());
    Logs.use(settings.logLevel(), settings.logForm());
    return settings;
  }

  private static void ask(GatewayServer server) throws IOException {
    try (GatewayClient client = GatewayClient.to("127.0.0.1:" + server.grpcPort())) {
      client.calls().healthCheck(HealthCheckRequest.getDefaultInstance());
      client.calls().createProducer(CreateProducerRequest.newBuilder().setTopic("t").build());
      client
          .calls()
          .createConsumer(CreateConsumerRequest.newBuilder().setTopic("t").setGroupId("g").build());
    } catch (StatusException e) {
      throw new IOException("rehearsal", e);
    }
    for (String path : PATHS) {
      URI uri = URI.create("http://127.0.0.1:" + server.httpPort() + path);
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setReadTimeout(HTTP_MILLIS);
      if (connection.getResponseCode() == HttpURLConnection.HTTP_OK) {
        try (InputStream body = connection.getInputStream()) {
          body.readAllBytes();
        }
      }
      connection.disconnect();
    }
  }
}
