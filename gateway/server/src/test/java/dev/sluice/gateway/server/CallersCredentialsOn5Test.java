package dev.sluice.gateway.server;

import dev.sluice.engines.RocketMQEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class CallersCredentialsOn5Test extends CallersCredentialsContract {
  private static RocketMQEngine engine;

  @BeforeAll
  static void startEngine(@TempDir Path data) {
    engine = RocketMQEngine.in(data).quickStart().authenticating(KEY, RIGHT).start();
  }

  @AfterAll
  static void closeEngine() {
    engine.close();
  }

  @Override
  RocketMQEngine engine() {
    return engine;
  }
}
