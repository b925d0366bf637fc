package dev.sluice.gateway.server;

import dev.sluice.engines.AclAccount;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** On 4.9.7 by its plain access control; consumption is by membership there. */
class CallersCredentialsOn4Test extends CallersCredentialsContract {
  private static RocketMQEngine engine;

  @BeforeAll
  static void startEngine(@TempDir Path data) {
    engine =
        RocketMQEngine.in(data)
            .quickStart()
            .version(RocketMQVersion.V4)
            .accounts(AclAccount.admin(KEY, RIGHT))
            .start();
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
