package dev.sluice.proofs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code ./sluice serve} as a child process on loopback, its output in a file. Asked over one HTTP
 * connection, which counts among its descriptors. Safe for use by any thread.
 */
final class GatewayProcess implements AutoCloseable {

  private static final Pattern READY =
      Pattern.compile("Sluice is ready: gRPC \\S+:(\\d+), HTTP \\S+:(\\d+), upstream ([^\\s,]+).*");

  /** The launcher may have to build first. */
  private static final Duration START = Duration.ofMinutes(5);

  private final Process process;
  private final Path log;
  private final HttpClient http;
  private final int grpcPort;
  private final int httpPort;
  private final String upstream;

  private GatewayProcess(Process process, Path log, Matcher ready) {
    this.process = process;
    this.log = log;
    this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    this.grpcPort = Integer.parseInt(ready.group(1));
    this.httpPort = Integer.parseInt(ready.group(2));
    this.upstream = ready.group(3);
  }

  /**
   * Starts one and waits until it is ready; ports that the settings do not name are free ones.
   *
   * @param root this repository
   * @param settings environment variables
   * @param log takes its output
   * @throws IOException with the output's end where it does not become ready
   */
  static GatewayProcess start(Path root, Map<String, String> settings, Path log)
      throws IOException, InterruptedException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    Files.deleteIfExists(log);
    var environment = new HashMap<>(settings);
    environment.putIfAbsent("GRPC_PORT", "0");
    environment.putIfAbsent("METRICS_PORT", "0");
    var builder =
        new ProcessBuilder(root.resolve("sluice").toString(), "serve")
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    long begin = System.nanoTime();
    while (true) {
      Optional<Matcher> ready = ready(log);
      if (ready.isPresent()) {
        return new GatewayProcess(process, log, ready.get());
      }
      boolean dead = process.waitFor(20, TimeUnit.MILLISECONDS);
      if (dead || System.nanoTime() - begin > START.toNanos()) {
        process.destroyForcibly();
        throw new IOException("the gateway is not ready: " + tail(lines(log)));
      }
    }
  }

  private static Optional<Matcher> ready(Path log) {
    return lines(log).stream().map(READY::matcher).filter(Matcher::matches).findFirst();
  }

  private static List<String> lines(Path log) {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tail(List<String> lines) {
    return String.join(
        System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int grpcPort() {
    return grpcPort;
  }

  int httpPort() {
    return httpPort;
  }

  /** {@code host:port} of the name server behind it. */
  String nameServer() {
    return upstream;
  }

  /** The body of a page, empty where there is no such page. */
  Optional<String> get(String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
  }

  /** Kills it as a crash would, and waits until it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * Asks it to end, and tells what was wrong with how it did; nothing when its ledger was empty.
   */
  List<String> endOrderly(Duration patience) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      return List.of("the gateway has not ended within " + patience);
    }
    var wrong = new ArrayList<String>();
    if (process.exitValue() != 0) {
      wrong.add("the gateway ended with " + process.exitValue());
    }
    lines(log).stream()
        .filter(
            line ->
                line.contains("LEAK") || line.contains("Still open") || line.contains("not clean"))
        .forEach(wrong::add);
    return wrong;
  }

  /** Warnings and errors that it wrote, the newest last. */
  List<String> complaints() {
    return lines(log).stream()
        .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
        .toList();
  }

  @Override
  public void close() {
    http.shutdownNow();
    process.destroy();
    try {
      if (!process.waitFor(40, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
