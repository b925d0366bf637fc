package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class RocketMQ5EngineTest extends RocketMQEngineContract {
  RocketMQ5EngineTest() {
    super(RocketMQVersion.V5, "TIMER_DELAY_MS\u00014000");
  }

  @Test
  @Order(5)
  @EnabledOnOs(OS.LINUX) // per-thread times are read from /proc
  void isIdleAgainAfterTransactions() throws Exception {
    // given
    BrokerRequests broker = new BrokerRequests(engine.brokerAddress());
    String topic = TopicNames.unique("transactions");
    broker.transact(topic);
    broker.awaitMaxOffset(topic, 1);
    // when the broker's batch interval of 3 s has passed since
    long before = batchThreadTicksAfter(Duration.ofMillis(4500));
    long after = batchThreadTicksAfter(Duration.ofMillis(1500));
    // then its batching thread does not spin: it used less than 50 ms
    assertThat(after - before).isLessThan(5);
  }

  /** A busy machine gives a spinning thread little time, so only that thread's time counts. */
  private long batchThreadTicksAfter(Duration wait) throws IOException {
    await().pollDelay(wait).atMost(PATIENCE).until(() -> true);
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + engine.pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        if (Files.readString(thread.resolve("comm")).startsWith("TransactionalOp")) {
          // The fields after the name in parentheses begin with the third.
          String stat = Files.readString(thread.resolve("stat"));
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
          return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
      }
    }
    throw new IllegalStateException("the broker has no such thread");
  }
}
