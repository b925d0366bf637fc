package dev.sluice.gateway.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that start gateways, each in a folder of its own. They are closed after the test, and their
 * ledgers checked.
 */
abstract class WithGateways {
  private final List<Served> started = new ArrayList<>();
  private final List<Closing> others = new ArrayList<>();

  /** Closes something. */
  @FunctionalInterface
  interface Closing {
    void close() throws Exception;
  }

  @TempDir private Path folder;

  Path folder() {
    return folder;
  }

  /** Starts a gateway with these settings in front of the system. */
  Served start(MessageSystem system, Map<Setting, String> settings) throws IOException {
    return start(system, settings, Map.of());
  }

  /** The same with variables, as secrets are no flags. */
  Served start(MessageSystem system, Map<Setting, String> settings, Map<String, String> variables)
      throws IOException {
    Path own = Files.createDirectory(folder.resolve("gateway-" + started.size()));
    Served one = Served.start(system, own, settings, variables);
    started.add(one);
    return one;
  }

  /** Has something else closed after the gateways. */
  void closeAfterwards(Closing other) {
    others.add(other);
  }

  @AfterEach
  void closeGateways() throws Exception {
    for (Served one : started) {
      one.close();
    }
    for (Closing other : others) {
      other.close();
    }
  }
}
