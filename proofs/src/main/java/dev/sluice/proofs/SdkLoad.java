package dev.sluice.proofs;

import dev.sluice.engines.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The load levels of requirement P17 through {@code rocketmq.RocketMQProxy}, driven by the
 * published Node.js SDK: its own performance check, with the addresses and numbers of this run put
 * into it, and a loop of ours that measures each message's latency.
 */
@Command(
    name = "sdk-load",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Loads the gateway with the published Node.js SDK at several levels.")
final class SdkLoad implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Option(names = "--clients", split = ",", description = "Levels, default ${DEFAULT-VALUE}.")
  List<Integer> levels = List.of(10, 50, 100, 500);

  @Option(names = "--warm-up", description = "Seconds, default ${DEFAULT-VALUE}.")
  int warmUp = 10;

  @Option(names = "--measure", description = "Seconds, default ${DEFAULT-VALUE}.")
  int measure = 15;

  @Option(names = "--messages", description = "Of each client in the SDK's own check.")
  int messages = 200;

  @Option(names = "--node-modules", description = "Where the SDK is installed.")
  Path nodeModules = Path.of("end-to-end-tests/src/test/node/node_modules");

  @Option(names = "--upstream", description = "Name server; default the gateway's own broker.")
  String upstream = "";

  @Option(names = "--root", description = "The repository.")
  Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SdkLoad()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    try (var work = WorkFolder.create("sdk-load")) {
      measure(work.path());
    }
    return 0;
  }

  private void measure(Path work) throws IOException, InterruptedException {
    var settings = new HashMap<>(Map.of("DATA_DIR", work.toString()));
    if (!upstream.isEmpty()) {
      settings.put("UPSTREAM", upstream);
    }
    Path modules = root.resolve(nodeModules);
    try (var gateway = GatewayProcess.start(root, settings, work.resolve("gateway.log"))) {
      for (int clients : levels) {
        level(gateway, work, modules, clients);
      }
    }
  }

  private void level(GatewayProcess gateway, Path work, Path modules, int clients)
      throws IOException, InterruptedException {
    Path check = work.resolve("performance-check-" + clients + ".js");
    Files.writeString(check, check(modules, gateway, clients));
    System.out.printf("== %d clients: the SDK's own check%n", clients);
    node(modules, List.of(check.toString()));
    System.out.printf("== %d clients: latencies%n", clients);
    long cpu = ProcessFigures.of(gateway.pid(), Set.of()).cpuMillis();
    long sent = GatewayMetricsPage.of(gateway).value("messages_sent");
    loop(modules, gateway.grpcPort(), clients);
    ProcessFigures process = ProcessFigures.of(gateway.pid(), Set.of());
    long messagesSent = GatewayMetricsPage.of(gateway).value("messages_sent") - sent;
    System.out.printf(
        Locale.ROOT,
        "gateway: %d MB resident, %d threads, %.1f us CPU per message%n",
        process.residentBytes() >> 20,
        process.threads(),
        (process.cpuMillis() - cpu) * 1e3 / Math.max(1, messagesSent));
    System.out.printf("== %d clients: the client's own limit, answered at once%n", clients);
    try (var instant = new InstantAnswers()) {
      loop(modules, instant.port(), clients);
    }
  }

  private void loop(Path modules, int port, int clients) throws IOException, InterruptedException {
    node(
        modules,
        List.of(
            root.resolve("proofs/src/main/node/load.js").toString(),
            "127.0.0.1:" + port,
            "sdk-load",
            Integer.toString(clients),
            Integer.toString(warmUp),
            Integer.toString(measure)));
  }

  /** The check as it is published, with this run's addresses and numbers. */
  private String check(Path modules, GatewayProcess gateway, int clients) throws IOException {
    Path sdk = modules.resolve("@klsakura/rocketmq-grpc-sdk");
    return Files.readString(sdk.resolve("examples/performance-check.js"))
        .replace("'../dist/index'", "'" + sdk + "'")
        .replaceAll("endpoint: 'http:[^']*'", "endpoint: 'default'")
        .replace("'your-access-key-id'", "''")
        .replace("'your-access-key-secret'", "''")
        .replace("'localhost:50051'", "'127.0.0.1:" + gateway.grpcPort() + "'")
        .replace("http://localhost:8080", "http://127.0.0.1:" + gateway.httpPort())
        .replaceAll("CONCURRENT_CLIENTS = \\d+", "CONCURRENT_CLIENTS = " + clients)
        .replaceAll("MESSAGES_PER_CLIENT = \\d+", "MESSAGES_PER_CLIENT = " + messages)
        .concat("\n.then(() => process.exit(0));\n")
        .replace("performanceTest().catch(console.error); \n.then", "performanceTest().then")
        .replace("performanceTest().catch(console.error);\n.then", "performanceTest().then");
  }

  private static void node(Path modules, List<String> arguments)
      throws IOException, InterruptedException {
    var command = new java.util.ArrayList<String>();
    command.add("node");
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("NODE_PATH", modules.toString());
    Process process = builder.start();
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("node did not end well: " + arguments);
    }
  }
}
