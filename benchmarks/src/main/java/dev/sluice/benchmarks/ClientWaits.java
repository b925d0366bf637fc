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
 * L2: one thread sends one message at a time straight to the broker, and waits for each. CPU,
 * memory and threads are the client's.
 */
@Command(
    name = "l2",
    mixinStandardHelpOptions = true,
    description = "L2: one send at a time straight to the broker, beside the official client.")
final class ClientWaits implements Callable<Integer>, ClientWorkload {

  private static final int QUEUES = 8;

  @Mixin private final RunOptions options = new RunOptions();

  @Option(
      names = "--clients",
      split = ",",
      description = "Whom to measure, of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  List<Client> clients = List.of(Client.SLUICE, Client.COALESCING, Client.OFFICIAL);

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
    return "L2: one send at a time straight to the broker, each client with its defaults";
  }

  @Override
  public List<Integer> levels() {
    return List.of(1);
  }

  @Override
  public List<Client> clients() {
    return clients;
  }

  @Override
  public List<Column> columns() {
    return List.of(
        Column.RATE,
        Column.P50_MICROS,
        Column.P99_MICROS,
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
      topic = stage.freshTopic("l2", QUEUES);
    }
    return LoadProcess.client(
        stage,
        client,
        "--topic=" + topic,
        "--waiting",
        "--body=" + run.bodyBytes,
        "--warm-up=" + run.warmUpSeconds,
        "--measure=" + run.measureSeconds);
  }
}
