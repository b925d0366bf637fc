package dev.sluice.benchmarks.bus;

import dev.sluice.benchmarks.bus.LoadProcess.Program;
import java.util.List;

/** Who drains a topic in E1, in their turn. */
enum Drainer {
  /** The same sleeps without a broker. */
  FLOOR("sleeps alone", "bus-load", "dev.sluice.benchmarks.busload.PlainSleeps"),

  /** The bus over Kafka. */
  SLUICE("Sluice", "bus-load", "dev.sluice.benchmarks.busload.BusDrain"),

  /** Confluent's, 0.5.3.3. */
  PEER(
      "parallel-consumer",
      "parallel-consumer",
      "dev.sluice.benchmarks.parallel.ParallelConsumerDrain",
      "parallel-consumer");

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // Its list is List.of.
  private final Program program;

  Drainer(String title, String module, String type, String... peers) {
    this.title = title;
    this.program = new Program(module, List.of(peers), type);
  }

  /** For a person. */
  String title() {
    return title;
  }

  Program program() {
    return program;
  }
}
