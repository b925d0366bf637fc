package dev.sluice.gateway.server;

import dev.sluice.gateway.access.ServerTls;
import dev.sluice.gateway.frontend.proxy.HealthProbe.Health;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * HTTP for people, probes and scrapers: {@code /health}, {@code /ready}, {@code /metrics}, {@code
 * /debug}. Requests run on virtual threads.
 */
final class HttpEndpoint {
  private static final Duration ANSWER_TIME = Duration.ofSeconds(2);
  private static final Duration STOP_TIME = Duration.ofMillis(200);

  /** From a request's first line to the end of its answer, and between two requests. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofSeconds(5);

  /** Connections may idle, requests may not: browsers and scrapers keep several. */
  private static final int CONNECTIONS_PER_REQUEST = 4;

  private static final String JSON = "application/json";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final Settings.Network network;
  private final Optional<ServerTls> tls;
  private final UpstreamHealth health;
  private final Observations observed;
  private final Ledger ledger;
  private @Nullable PrometheusReport prometheus;
  private volatile boolean stopping;
  private volatile @Nullable WebServer server;
  private volatile @Nullable Tracked tracked;

  HttpEndpoint(
      Settings.Network network,
      Optional<ServerTls> tls,
      UpstreamHealth health,
      Observations observed,
      Ledger ledger) {
    this.network = network;
    this.tls = tls;
    this.health = health;
    this.observed = observed;
    this.ledger = ledger;
  }

  /**
   * Listens.
   *
   * @throws StartException where the port cannot be had
   */
  void start() {
    HttpRouting.Builder routing =
        HttpRouting.builder()
            .get(
                "/health",
                (request, response) -> send(response, Status.OK_200, JSON, state("up", "")))
            .get("/ready", (request, response) -> ready(response));
    if (network.metrics()) {
      routing
          .get("/metrics", this::metrics)
          .get("/metrics/prometheus", (request, response) -> prometheus(request, response));
    }
    new DebugPages(ledger, new DebugAccess(network.debugToken())).addTo(routing);
    WebServerConfig.Builder builder =
        WebServer.builder()
            .address(network.address())
            .port(network.httpPort())
            .maxConcurrentRequests(network.httpRequests())
            .maxTcpConnections(maxConnections(network))
            .maxPayloadSize(0)
            .protocolsDiscoverServices(false)
            .addConnectionSelector(new HttpConnections(LONGEST))
            .idleConnectionTimeout(LONGEST)
            .idleConnectionPeriod(LOOK)
            .shutdownGracePeriod(STOP_TIME)
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .routing(routing);
    tls.ifPresent(secured -> builder.tls(tls(secured)));
    WebServer listening = builder.build();
    listening.start();
    if (!listening.isRunning()) {
      throw StartException.port(
          Setting.METRICS_PORT, network.address().getHostAddress(), network.httpPort(), whyNot());
    }
    server = listening;
    tracked = ledger.track("server", "http", listening);
  }

  private Tls tls(ServerTls secured) {
    return Tls.builder()
        .sslContext(secured.forHttp())
        .enabledProtocols(List.of(ServerTls.protocols()))
        .clientAuth(
            network.access().httpClientCertificates() ? TlsClientAuth.REQUIRED : TlsClientAuth.NONE)
        .build();
  }

  /** The most connections at once. */
  static int maxConnections(Settings.Network network) {
    return network.httpRequests() * CONNECTIONS_PER_REQUEST;
  }

  /** Helidon only logs why it did not start. */
  private IOException whyNot() {
    try (ServerSocket probe = new ServerSocket(network.httpPort(), 1, network.address())) {
      return new IOException("it is free again: " + probe.getLocalPort());
    } catch (IOException e) {
      return e;
    }
  }

  /** The port that it listens on. */
  int port() {
    WebServer listening = server;
    if (listening == null) {
      throw new IllegalStateException("http server: not started");
    }
    return listening.port();
  }

  /** From now on not ready. */
  void stopAccepting() {
    stopping = true;
  }

  CompletionStage<?> close(Deadline deadline) {
    WebServer listening = server;
    if (listening == null) {
      return CompletableFuture.completedStage(null);
    }
    return OffLoop.run(
        () -> {
          listening.stop();
          Tracked entry = tracked;
          if (entry != null) {
            entry.close();
          }
        });
  }

  private void ready(ServerResponse response) throws InterruptedException {
    Health now = stopping ? new Health(false, "stopping") : freshHealth();
    if (now.healthy()) {
      send(response, Status.OK_200, JSON, state("ready", now.message()));
    } else {
      send(response, Status.SERVICE_UNAVAILABLE_503, JSON, state("not ready", now.message()));
    }
  }

  private Health freshHealth() throws InterruptedException {
    try {
      return health.fresh().get(ANSWER_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new Health(
          false, "the upstream has not answered within " + ANSWER_TIME.toSeconds() + " s");
    } catch (ExecutionException e) {
      return new Health(false, String.valueOf(e.getCause()));
    }
  }

  private void metrics(ServerRequest request, ServerResponse response) {
    String accept = request.headers().value(HeaderNames.ACCEPT).orElse("").toLowerCase(Locale.ROOT);
    // A plain curl accepts */*, a scraper names the text forms that it knows.
    boolean text = accept.contains("openmetrics") || accept.contains("text/plain");
    boolean json = accept.contains(JSON);
    if (text && !json) {
      prometheus(request, response);
    } else {
      send(response, Status.OK_200, JSON, new MetricsReport(observed).json());
    }
  }

  private void prometheus(ServerRequest request, ServerResponse response) {
    String accept = request.headers().value(HeaderNames.ACCEPT).orElse("").toLowerCase(Locale.ROOT);
    String type = accept.contains("openmetrics") ? OPEN_METRICS : PROMETHEUS_TEXT;
    send(response, Status.OK_200, type, prometheusReport().text(type));
  }

  private synchronized PrometheusReport prometheusReport() {
    if (prometheus == null) {
      prometheus = new PrometheusReport(observed);
    }
    return prometheus;
  }

  private static String state(String status, String detail) {
    StringBuilder text = new StringBuilder("{\"status\":\"").append(status).append('"');
    if (!detail.isEmpty()) {
      text.append(",\"detail\":\"")
          .append(
              com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance().quoteAsString(detail))
          .append('"');
    }
    return text.append("}\n").toString();
  }

  private static void send(ServerResponse response, Status status, String type, String text) {
    response.status(status).header(HeaderNames.CONTENT_TYPE, type).send(text);
  }
}
