package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.DeadLetter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice dead-letters show}. */
@Command(
    name = "show",
    description = {
      "Shows a dead letter: where it was, whose handlers failed, how often, why and when, its"
          + " headers and its body.",
      "",
      "The body is shown as text where it is UTF-8, the first 4096 bytes, otherwise in hexadecimal,"
          + " the first 512. What could play tricks on a terminal is escaped."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  sluice dead-letters show --bus kafka://127.0.0.1:9092 -g shop -t orders"
          + " orders-shop-dlq-0@41",
      "  sluice dead-letters show --bus nats://127.0.0.1:4222 -g shop -t orders"
          + " orders-shop-dlq-3@17 --body -",
      ExitCodes.HELP
    })
final class ShowCommand implements Callable<Integer> {
  private static final String STANDARD_OUTPUT = "-";

  private final PrintStream raw;

  @Mixin private final BusTarget target;

  @Parameters(paramLabel = "<position>", description = "Which one, as 'list' shows it.")
  private String position = "";

  @Option(
      names = "--body",
      paramLabel = "<file>",
      description =
          "Write the whole body, as it is, to this file, which must not exist; '-' prints it and"
              + " nothing else.")
  private @Nullable String body;

  @Option(
      names = "--json",
      description =
          "A JSON object as 'list --json' has it, with the whole body as body, or as body_base64"
              + " where it is no UTF-8.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  ShowCommand(Map<String, String> environment, PrintStream raw) {
    this.target = new BusTarget(environment);
    this.raw = raw;
  }

  @Override
  public Integer call() throws InterruptedException {
    DeadLetter letter;
    try (BusSession session = target.open()) {
      letter = session.find(position);
    }
    PrintWriter out = spec.commandLine().getOut();
    byte[] whole = letter.message().body();
    if (STANDARD_OUTPUT.equals(body)) {
      raw.write(whole, 0, whole.length);
      raw.flush();
      return ExitCodes.OK;
    }
    if (json) {
      out.println(LetterJson.whole(letter));
    } else {
      LetterText.print(letter, out);
    }
    if (body != null) {
      write(whole, Path.of(body));
      spec.commandLine().getErr().println("The body is in " + body + '.');
    }
    return ExitCodes.OK;
  }

  private static void write(byte[] whole, Path file) {
    try {
      Files.write(file, whole, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw CommandException.invalid("--body", file + " exists", "a file that does not");
    } catch (IOException e) {
      throw new CommandException(
          ExitCodes.FAILED, "--body: " + file + " cannot be written: " + e.getMessage());
    }
  }
}
