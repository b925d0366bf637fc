package dev.sluice.eventbus.nats;

import java.util.List;

/** The threads of this process. */
final class TestThreads {
  private TestThreads() {}

  /** Those of transports and of the client below them. */
  static List<String> ofTransports() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("sluice-nats") || name.startsWith("nats"))
        .sorted()
        .toList();
  }
}
