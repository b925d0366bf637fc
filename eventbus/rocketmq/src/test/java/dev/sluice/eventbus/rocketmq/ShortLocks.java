package dev.sluice.eventbus.rocketmq;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;

/**
 * A broker that keeps locks of queues for 20 s instead of a minute, 5 s longer than members take to
 * renew them. Shared by the tests of this process; ends with it.
 */
final class ShortLocks {
  static final Duration KEPT = Duration.ofSeconds(20);
  private static final RocketMQEngine ENGINE = start();

  private ShortLocks() {}

  static String nameServers() {
    return ENGINE.nameServerAddress();
  }

  private static RocketMQEngine start() {
    try {
      return RocketMQEngine.in(Files.createTempDirectory("rocketmq-short-locks"))
          .version(RocketMQVersion.V5)
          .quickStart()
          .heapMegabytes(512)
          .jvmOptions("-Drocketmq.broker.rebalance.lockMaxLiveTime=" + KEPT.toMillis())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
