package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./sluice serve} as a child process, on free ports. */
final class RunningGateway implements AutoCloseable {

  private static final Pattern READY =
      Pattern.compile("Sluice is ready: gRPC (\\S+:\\d+), HTTP (\\S+:\\d+), upstream (\\S+).*");
  private static final Duration START = Duration.ofMinutes(3);

  private final Child child;
  private final String grpc;
  private final String http;
  private final String upstream;

  private RunningGateway(Child child, Matcher ready) {
    this.child = child;
    this.grpc = ready.group(1);
    this.http = ready.group(2);
    this.upstream = ready.group(3);
  }

  /** With an engine of its own, whose data is kept in the folder. */
  static RunningGateway embedded(Path data) throws IOException {
    return start(Map.of("DATA_DIR", data.toString()));
  }

  /** Before a broker that runs already; the folder keeps the cluster key. */
  static RunningGateway before(String nameServer, Path data) throws IOException {
    return before(nameServer, data, Map.of());
  }

  /** The same with further settings. */
  static RunningGateway before(String nameServer, Path data, Map<String, String> settings)
      throws IOException {
    var all = new HashMap<>(settings);
    all.put("DATA_DIR", data.toString());
    all.put("UPSTREAM", nameServer);
    return start(all);
  }

  /** With these settings, on free ports unless they say others. */
  static RunningGateway start(Map<String, String> settings) throws IOException {
    var environment = new HashMap<>(settings);
    environment.putIfAbsent("GRPC_PORT", "0");
    environment.putIfAbsent("METRICS_PORT", "0");
    Child child = Child.sluice(environment, "serve");
    try {
      child.awaitLine(START, line -> READY.matcher(line).matches());
    } catch (RuntimeException | AssertionError e) {
      child.handle().destroyForcibly();
      throw e;
    }
    Matcher ready =
        child.output().all().stream()
            .map(READY::matcher)
            .filter(Matcher::matches)
            .findFirst()
            .orElseThrow();
    return new RunningGateway(child, ready);
  }

  Child process() {
    return child;
  }

  /** {@code host:port} of gRPC. */
  String grpc() {
    return grpc;
  }

  /** {@code host:port} of HTTP. */
  String http() {
    return http;
  }

  /** {@code host:port} of the name server behind it. */
  String upstream() {
    return upstream.replaceAll("[,;]$", "");
  }

  /** Asks over HTTP. */
  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create("http://" + http + path));
      if (headers.length > 0) {
        request.headers(headers);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  /** A sample of its metrics, by its name and labels as they stand there; 0 where there is none. */
  double sample(String series) {
    return figure("/metrics/prometheus", Pattern.quote(series) + " (\\S+)");
  }

  /** How many of a kind are open, as its ledger says. */
  long open(String kind) {
    return (long) figure("/debug/ledger", Pattern.quote(kind) + " +(-?\\d+) .*");
  }

  private double figure(String page, String line) {
    try {
      return get(page)
          .body()
          .lines()
          .map(Pattern.compile(line)::matcher)
          .filter(Matcher::matches)
          .mapToDouble(found -> Double.parseDouble(found.group(1)))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** {@code host:port} of gRPC, to connect to. */
  InetSocketAddress address() {
    int colon = grpc.lastIndexOf(':');
    return new InetSocketAddress(
        grpc.substring(0, colon), Integer.parseInt(grpc.substring(colon + 1)));
  }

  /** SIGTERM; expects an orderly end with an empty ledger. */
  void endsCleanly() throws InterruptedException {
    child.terminate();
    int exit = child.awaitExit(Duration.ofSeconds(90));
    assertThat(exit).as(child.output().toString()).isZero();
    assertThat(child.output().toString())
        .doesNotContain("not cleanly")
        .doesNotContain("Still open")
        .doesNotContain("LEAK");
  }

  @Override
  public void close() {
    child.close();
  }
}
