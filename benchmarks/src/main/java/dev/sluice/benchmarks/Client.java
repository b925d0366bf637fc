package dev.sluice.benchmarks;

import java.util.List;
import java.util.Set;

/** A client of the brokers' own protocol that is measured, each with its own defaults. */
enum Client {
  /** Sluice's. */
  SLUICE("client-load", "dev.sluice.benchmarks.load.SluiceLoad"),

  /** The same, with single sends that may leave together. */
  COALESCING("client-load", "dev.sluice.benchmarks.load.SluiceLoad", "--coalescing"),

  /** {@code rocketmq-client} 5.5.0, {@code DefaultMQProducer}. */
  OFFICIAL("official-client", "dev.sluice.benchmarks.official.OfficialLoad"),

  /** The same with {@code setAutoBatch(true)}, its way to have single sends leave together. */
  AUTO_BATCH("official-client", "dev.sluice.benchmarks.official.OfficialLoad", "--coalescing");

  private final String module;
  private final String program;

  @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
  private final List<String> arguments;

  Client(String module, String program, String... arguments) {
    this.module = module;
    this.program = program;
    this.arguments = List.of(arguments);
  }

  /** The folder under {@code benchmarks} that its program is built in. */
  String module() {
    return module;
  }

  /** The folders under {@code benchmarks/peers} with the libraries that its program runs with. */
  List<String> peers() {
    return module.equals(OFFICIAL.module) ? List.of("rocketmq-client") : List.of();
  }

  /** Its program's class. */
  String program() {
    return program;
  }

  List<String> arguments() {
    return arguments;
  }

  /** What ratios say something. */
  static List<Workload.Ratio<Client>> ratios(Set<Client> measured) {
    return measured.stream()
        .filter(client -> client == SLUICE || client == COALESCING)
        .map(client -> new Workload.Ratio<>(client, OFFICIAL))
        .toList();
  }
}
