package dev.sluice.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * L1: asynchronous sends straight to the broker, a fixed number in flight. CPU, memory and threads
 * are the client's.
 */
@Command(
    name = "l1",
    mixinStandardHelpOptions = true,
    description =
        "L1: asynchronous sends straight to the broker, beside the official client 5.5.0.")
final class ClientSends implements Callable<Integer>, ClientWorkload {

  private static final int QUEUES = 8;

  @Mixin private final RunOptions options = new RunOptions();

  @Option(names = "--in-flight", split = ",", description = "Levels, default ${DEFAULT-VALUE}.")
  List<Integer> inFlight = List.of(100);

  @Option(
      names = "--clients",
      split = ",",
      description = "Whom to measure, of ${COMPLETION-CANDIDATES}; default all.")
  List<Client> clients = List.of(Client.values());

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  private @Nullable String topic;

  @Override
  public Integer call() throws Exception {
    return Compare.run(this, options, spec.commandLine().getOut());
  }

  @Override
  public String title() {
    return "L1: asynchronous sends straight to the broker, each client with its defaults";
  }

  @Override
  public List<Integer> levels() {
    return inFlight;
  }

  @Override
  public List<Client> clients() {
    return clients;
  }

  @Override
  public List<Column> columns() {
    return List.of(
        Column.RATE,
        Column.P50,
        Column.P99,
        Column.CPU,
        Column.BROKER_CPU,
        Column.FAILED,
        Column.MEMORY,
        Column.LIVE,
        Column.COMMITTED,
        Column.THREADS,
        Column.OTHERS);
  }

  @Override
  public Turn turn(Stage stage, Client client, int level) throws IOException, InterruptedException {
    RunOptions run = stage.options();
    if (topic == null) {
      topic = stage.freshTopic("l1", QUEUES);
    }
    return LoadProcess.client(
        stage,
        client,
        "--topic=" + topic,
        "--in-flight=" + level,
        "--body=" + run.bodyBytes,
        "--warm-up=" + run.warmUpSeconds,
        "--measure=" + run.measureSeconds);
  }
}
