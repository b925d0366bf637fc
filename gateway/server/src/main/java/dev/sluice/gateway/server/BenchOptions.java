package dev.sluice.gateway.server;

import dev.sluice.gateway.bench.ErrorLimit;
import dev.sluice.gateway.bench.Mode;
import dev.sluice.gateway.bench.Pace;
import dev.sluice.gateway.bench.Plan;
import dev.sluice.gateway.bench.Thresholds;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What load {@code sluice bench} puts on a gateway, and what the result must be like. */
final class BenchOptions {
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final SettingKind.Time DURATION =
      new SettingKind.Time(Duration.ofMillis(100), LONGEST);
  private static final SettingKind.Time WARM_UP = new SettingKind.Time(Duration.ZERO, LONGEST);
  private static final SettingKind.Time LATENCY =
      new SettingKind.Time(Duration.ofMillis(1), LONGEST);
  private static final SettingKind.Size SIZE = SettingKind.Size.between("1B", "4MB");
  private static final double MOST_PER_SECOND = 1_000_000;
  private static final double LEAST_PER_SECOND = 0.01;
  private static final int MOST_CONNECTIONS = 1_000;
  private static final int USUAL_CONNECTIONS = 4;
  private static final int USUAL_IN_FLIGHT = 100;

  @Option(
      names = {"-t", "--topic"},
      required = true,
      paramLabel = "<topic>",
      description = "Where to send. What is sent stays there.")
  private String topic = "";

  @Option(
      names = {"-c", "--concurrency"},
      paramLabel = "<n>",
      description =
          "Keep so many messages in flight: the end of one begins the next. Default: 100, where"
              + " there is no --rate.")
  private @Nullable Integer concurrency;

  @Option(
      names = {"-r", "--rate"},
      paramLabel = "<n>",
      description =
          "Send so many messages a second instead, at equal intervals, however slow the gateway"
              + " is. Latencies begin when a message is due, so that they tell of waiting too.")
  private @Nullable Double rate;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "<duration>",
      description = "How long to measure: 10s, 5m. Default: 10s; with --messages, until they are.")
  private @Nullable String duration;

  @Option(
      names = "--warm-up",
      paramLabel = "<duration>",
      description =
          "How long to send before that, without measuring; 0s for not at all. Default: 3s.")
  private String warmUp = "3s";

  @Option(
      names = {"-n", "--messages"},
      paramLabel = "<n>",
      description = "End after so many messages, not counting those of the warm-up.")
  private @Nullable Long messages;

  @Option(
      names = {"-s", "--size"},
      paramLabel = "<size>",
      description = "The size of each body: 256, 16KB, 1MB. Default: 256.")
  private String size = "256";

  @Option(
      names = "--connections",
      paramLabel = "<n>",
      description = "How many connections, each with a producer. Default: 4, or --concurrency.")
  private @Nullable Integer connections;

  @Option(
      names = "--mode",
      paramLabel = "<mode>",
      description =
          "send: until the gateway says that a message is stored; send-receive: until a consumer"
              + " has it, which acknowledges it. Default: send.")
  private String mode = Mode.SEND.word();

  @Option(
      names = {"-g", "--group"},
      paramLabel = "<group>",
      description =
          "The consumer group of send-receive. Default: a new one each time, which the broker"
              + " keeps.")
  private @Nullable String group;

  @Option(
      names = "--fail-p99",
      paramLabel = "<duration>",
      description = "Fail where more than 1 %% of the latencies are longer: 20ms.")
  private @Nullable String failP99;

  @Option(
      names = "--fail-rate",
      paramLabel = "<n>",
      description = "Fail where fewer messages a second come through.")
  private @Nullable Double failRate;

  @Option(
      names = "--fail-errors",
      paramLabel = "<n>",
      description =
          "Fail where more messages fail: 10, or 0.1%%. Without it, any that fails ends with 1.")
  private @Nullable String failErrors;

  /**
   * The load.
   *
   * @throws CommandException where an option is wrong, or some do not go together
   */
  Plan plan() {
    if (topic.isBlank()) {
      throw wrong("--topic", topic, "a topic's name");
    }
    int bytes = size();
    Pace pace = pace(bytes);
    return new Plan(
        topic,
        mode(),
        pace,
        connections(pace),
        bytes,
        time("--warm-up", warmUp, WARM_UP),
        duration(),
        messages(),
        group());
  }

  /** What a result must be like. */
  Thresholds thresholds() {
    if (failRate != null && !(failRate > 0 && failRate <= MOST_PER_SECOND)) {
      throw wrong("--fail-rate", failRate, "above 0, to 1000000");
    }
    ErrorLimit errors = failErrors == null ? null : ErrorLimit.read(failErrors);
    if (failErrors != null && errors == null) {
      throw wrong("--fail-errors", failErrors, ErrorLimit.expected());
    }
    return new Thresholds(
        Optional.ofNullable(failP99).map(text -> time("--fail-p99", text, LATENCY)),
        failRate == null ? OptionalDouble.empty() : OptionalDouble.of(failRate),
        Optional.ofNullable(errors));
  }

  private int size() {
    // Bytes where nothing else is said.
    Long bytes = SIZE.read(size.matches("[0-9]+") ? size + "B" : size);
    if (bytes == null) {
      throw wrong("--size", size, "1 to 4MB, with a unit or in bytes");
    }
    return Math.toIntExact(bytes);
  }

  private Pace pace(int bytes) {
    if (rate != null) {
      if (concurrency != null) {
        throw new CommandException(
            ExitCodes.USAGE,
            "--concurrency: " + concurrency + " with --rate (expected: one of the two)");
      }
      if (!(rate >= LEAST_PER_SECOND && rate <= MOST_PER_SECOND)) {
        throw wrong("--rate", rate, "0.01 to 1000000");
      }
      return new Pace.Rate(rate);
    }
    int most = Plan.mostInFlight(bytes);
    if (concurrency == null) {
      return new Pace.InFlight(Math.min(USUAL_IN_FLIGHT, most));
    }
    if (concurrency < 1 || concurrency > most) {
      throw wrong(
          "--concurrency",
          concurrency,
          "1 to " + most + (most < Plan.MOST_IN_FLIGHT ? ", 64MB in flight" : ""));
    }
    return new Pace.InFlight(concurrency);
  }

  private int connections(Pace pace) {
    int most =
        pace instanceof Pace.InFlight(int inFlight)
            ? Math.min(inFlight, MOST_CONNECTIONS)
            : MOST_CONNECTIONS;
    if (connections == null) {
      return Math.min(USUAL_CONNECTIONS, most);
    }
    if (connections < 1 || connections > most) {
      throw wrong(
          "--connections",
          connections,
          "1 to " + most + (most < MOST_CONNECTIONS ? ", one for each message in flight" : ""));
    }
    return connections;
  }

  private Mode mode() {
    return Arrays.stream(Mode.values())
        .filter(one -> one.word().equals(mode))
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    "--mode",
                    mode,
                    Arrays.stream(Mode.values())
                        .map(Mode::word)
                        .collect(Collectors.joining(" or "))));
  }

  private Duration duration() {
    if (duration == null) {
      return messages == null ? Duration.ofSeconds(10) : LONGEST;
    }
    return time("--duration", duration, DURATION);
  }

  private OptionalLong messages() {
    if (messages == null) {
      return OptionalLong.empty();
    }
    if (messages < 1) {
      throw wrong("--messages", messages, "1 or more");
    }
    return OptionalLong.of(messages);
  }

  private String group() {
    if (group == null) {
      return String.format("sluice-bench-%08x", ThreadLocalRandom.current().nextInt());
    }
    if (!mode.equals(Mode.SEND_RECEIVE.word())) {
      throw wrong("--group", group, "with --mode send-receive");
    }
    return group;
  }

  private static Duration time(String flag, String text, SettingKind.Time kind) {
    Duration time = kind.read(text);
    if (time == null) {
      throw wrong(flag, text, kind.expected());
    }
    return time;
  }

  private static CommandException wrong(String flag, Object value, String expected) {
    return new CommandException(
        ExitCodes.USAGE, flag + ": " + value + " (expected: " + expected + ")");
  }
}
