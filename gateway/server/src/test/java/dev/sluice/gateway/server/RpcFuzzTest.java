package dev.sluice.gateway.server;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.testkit.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests made by a fuzzer, for every RPC of any service. An ordinary build runs the inputs that
 * are kept in the resources, and {@link RandomCallsTest}. To look for new ones let it run:
 *
 * <pre>
 * JAZZER_FUZZ=1 mvn -pl gateway/server -am verify \
 *     -Dtest='RpcFuzzTest' -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 *
 * <p>What it finds is written next to the kept inputs, and is then part of every build.
 */
class RpcFuzzTest {
  /** A gateway keeps what it was sent in memory: now and then a new one, with the old one's end. */
  private static final int CALLS_PER_GATEWAY = 20_000;

  private static final int CALLS_PER_INPUT = 20;

  @TempDir private static Path folder;
  private static @Nullable FuzzedGateway gateway;

  @FuzzTest(maxDuration = "10m")
  void calls(FuzzedDataProvider data) throws Exception {
    FuzzedGateway called = current();
    Choices choices = Choices.of(data);
    for (int i = 0; i < CALLS_PER_INPUT && data.remainingBytes() > 0; i++) {
      called.call(choices);
    }
  }

  private static FuzzedGateway current() throws Exception {
    FuzzedGateway running = gateway;
    if (running != null && running.calls() >= CALLS_PER_GATEWAY) {
      end();
      running = null;
    }
    if (running == null) {
      running = FuzzedGateway.start(Files.createTempDirectory(folder, "gateway"));
      gateway = running;
    }
    return running;
  }

  @AfterAll
  static void end() throws Exception {
    FuzzedGateway running = gateway;
    gateway = null;
    if (running != null) {
      running.stop(Choices.of(Seeds.fresh()));
    }
  }
}
