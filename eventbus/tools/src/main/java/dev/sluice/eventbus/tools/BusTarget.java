package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.TransportOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which broker, group and topic a command is about: options that all of them have. */
final class BusTarget {
  private static final String BUS_VARIABLE = "SLUICE_BUS";
  private static final Duration LEAST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Map<String, String> environment;

  @Option(
      names = "--bus",
      paramLabel = "<address>",
      description = "The broker: " + BusAddress.EXPECTED + ". Environment: " + BUS_VARIABLE + ".")
  private @Nullable String bus;

  @Option(
      names = {"-g", "--group"},
      required = true,
      paramLabel = "<group>",
      description = "The bus's group, whose handlers failed.")
  private String group = "";

  @Option(
      names = {"-t", "--topic"},
      required = true,
      paramLabel = "<topic>",
      description = "The topic that the messages were consumed from.")
  private String topic = "";

  @Option(
      names = "--config",
      paramLabel = "<file>",
      description =
          "Properties, secrets among them. Kafka: those of Kafka's clients. NATS: user and"
              + " password, token, or credentials.file; prefix; tls.ca, tls.cert, tls.key."
              + " RocketMQ: access.key, secret.key, security.token; namespace; tls, tls.ca,"
              + " tls.cert, tls.key, tls.check.host.name. Environment: "
              + BusSettings.FILE_VARIABLE
              + " for the file, and over it one variable for each property:"
              + " SLUICE_BUS_SECRET_KEY is secret.key.")
  private @Nullable Path config;

  @Option(
      names = "--timeout",
      paramLabel = "<duration>",
      defaultValue = "30s",
      description = "For everything: 500ms to 1h. Default: 30s.")
  private String timeout = "30s";

  BusTarget(Map<String, String> environment) {
    this.environment = environment;
  }

  String group() {
    return group;
  }

  String topic() {
    return topic;
  }

  /**
   * Opens the bus.
   *
   * @throws CommandException if an option is wrong, or no broker is there
   */
  BusSession open() {
    Duration time = Times.read("--timeout", timeout, LEAST, LONGEST);
    String said = bus != null ? bus : environment.getOrDefault(BUS_VARIABLE, "");
    if (said.isEmpty()) {
      throw CommandException.invalid(
          "--bus",
          "(not set)",
          BusAddress.EXPECTED + "; or " + BUS_VARIABLE + " in the environment");
    }
    BusAddress address = BusAddress.parse(said);
    BusSettings settings = BusSettings.read(file(), environment);
    try {
      var _ = BusOptions.of(group, topic); // Checks the names.
      BusOptions options = BusOptions.of(group).publishTimeout(time);
      TransportOptions broker = BrokerOptions.of(address, options, topic, settings);
      return BusSession.open(address, broker, topic, time);
    } catch (EventBusException e) {
      throw CommandException.of(e);
    }
  }

  private @Nullable Path file() {
    if (config != null) {
      return config;
    }
    String named = environment.getOrDefault(BusSettings.FILE_VARIABLE, "");
    return named.isEmpty() ? null : Path.of(named);
  }
}
