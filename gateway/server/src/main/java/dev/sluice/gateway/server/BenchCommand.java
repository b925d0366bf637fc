package dev.sluice.gateway.server;

import dev.sluice.gateway.bench.BenchRun;
import dev.sluice.gateway.bench.JsonReport;
import dev.sluice.gateway.bench.Picture;
import dev.sluice.gateway.bench.Plan;
import dev.sluice.gateway.bench.Progress;
import dev.sluice.gateway.bench.ProgressLines;
import dev.sluice.gateway.bench.RefusedException;
import dev.sluice.gateway.bench.Result;
import dev.sluice.gateway.bench.TextReport;
import dev.sluice.gateway.bench.Thresholds;
import dev.sluice.gateway.bench.Verdict;
import dev.sluice.lifecycle.Ledger;
import io.grpc.StatusException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice bench}: puts load on a running gateway and tells how it does. */
@Command(
    name = "bench",
    description = {
      "Puts load on a running gateway, and tells how many messages came through, how long they took"
          + " and what failed.",
      "",
      "Tells of its progress each second on standard error, and the result at the end on standard"
          + " output. Ctrl-C ends it early, with the result so far."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  sluice bench --topic load",
      "  sluice bench --topic load --rate 2000 --duration 1m --svg load.svg",
      "  sluice bench --topic load --mode send-receive --concurrency 10 --size 4KB",
      "  sluice bench --topic load --rate 500 --fail-p99 20ms --fail-errors 0 --json",
      ExitCodes.HELP,
      "Also 1 when no message came through, or any failed and --fail-errors is not given."
    })
final class BenchCommand implements Callable<Integer> {
  @Mixin private BenchOptions options = new BenchOptions();

  @Option(names = "--json", description = "The result as one JSON object, for programs.")
  private boolean json;

  @Option(
      names = "--svg",
      paramLabel = "<file>",
      description = "Also draw latencies by percentile and the rate over time.")
  private @Nullable Path picture;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress on standard error.")
  private boolean quiet;

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  /** As they were given. */
  BenchOptions options() {
    return options;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Plan plan = options.plan();
    Thresholds thresholds = options.thresholds();
    checkPicture();
    try (GatewayClient client = gateway.connect()) {
      Result result = measure(plan, client);
      List<Verdict> verdicts = thresholds.judge(result);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(JsonReport.of(result, client.address(), verdicts));
      } else {
        out.print(TextReport.of(result, client.address(), verdicts));
      }
      out.flush();
      if (picture != null) {
        draw(picture, Picture.of(result, client.address()));
      }
      return exit(result, thresholds, verdicts);
    }
  }

  private Result measure(Plan plan, GatewayClient client) throws InterruptedException {
    Ledger ledger = Ledger.create();
    BenchRun run = new BenchRun(plan, client::connection, ledger);
    Signals signals = Signals.handled(run::stop);
    PrintWriter err = spec.commandLine().getErr();
    try (run) {
      run.start();
      return run.measure(
          quiet ? Progress.NONE : new ProgressLines(err, Terminal.onStandardError(), plan));
    } catch (RefusedException e) {
      throw GatewayClient.refused(e.code(), String.valueOf(e.getMessage()));
    } catch (StatusException e) {
      throw signals.came() ? stoppedBefore() : client.explain(e);
    } catch (InterruptedException e) {
      if (signals.came()) {
        throw stoppedBefore();
      }
      throw e;
    } finally {
      signals.release();
      if (!ledger.isEmpty()) {
        err.println("sluice: not everything was closed in time:");
        err.println(ledger);
      }
    }
  }

  private static CommandException stoppedBefore() {
    // Said already by who stopped it: the thread is not wanted to end what it does now.
    Thread.interrupted();
    return new CommandException(ExitCodes.FAILED, "stopped before anything was measured");
  }

  private int exit(Result result, Thresholds thresholds, List<Verdict> verdicts) {
    PrintWriter err = spec.commandLine().getErr();
    List<Verdict> missed = verdicts.stream().filter(verdict -> !verdict.met()).toList();
    for (Verdict verdict : missed) {
      err.println(
          "sluice: "
              + verdict.name()
              + ": "
              + verdict.measured()
              + " (expected: "
              + verdict.limit()
              + ")");
    }
    if (!missed.isEmpty()) {
      return ExitCodes.MISSED;
    }
    if (result.finished() == 0) {
      err.println("sluice: no message came through");
      return ExitCodes.FAILED;
    }
    if (result.failed() > 0 && thresholds.errors().isEmpty()) {
      err.println("sluice: " + result.failed() + " failed (--fail-errors would allow some)");
      return ExitCodes.FAILED;
    }
    return ExitCodes.OK;
  }

  /** Before the load: nobody wants to learn of this after it. */
  private void checkPicture() {
    if (picture == null) {
      return;
    }
    Path folder = picture.toAbsolutePath().getParent();
    boolean possible =
        Files.exists(picture)
            ? Files.isRegularFile(picture) && Files.isWritable(picture)
            : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
    if (!possible) {
      throw new CommandException(
          ExitCodes.USAGE,
          "--svg: " + picture + " cannot be written (expected: a file in a folder that is there)");
    }
  }

  private static void draw(Path file, String svg) {
    try {
      Files.writeString(file, svg);
    } catch (IOException e) {
      throw new CommandException(
          ExitCodes.FAILED, "--svg: " + file + " cannot be written: " + e.getMessage());
    }
  }
}
