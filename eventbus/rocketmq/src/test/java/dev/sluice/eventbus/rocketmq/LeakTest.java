package dev.sluice.eventbus.rocketmq;

import dev.sluice.engines.SharedEngine;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.core.LeakContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Nothing is left, Netty's memory included. */
class LeakTest extends LeakContract {
  private static final String SERVER = SharedEngine.rocketmq5().nameServerAddress();

  @Override
  protected Transport transport(BusOptions options, String member, Ledger ledger) {
    return new RocketMQTransport(
        RocketMQOptions.of(options, SERVER)
            .times(Duration.ofSeconds(5), Duration.ofMillis(200), TransportFixture.SEND_TIME),
        ledger);
  }

  @Override
  protected Map<String, Long> moreLeft() {
    return Map.of("bytes of Netty", PlatformDependent.usedDirectMemory());
  }

  /** Netty keeps what it frees, in chunks; buffers that nobody frees are told by its detector. */
  @Override
  protected Map<String, Long> pooled() {
    return Map.of("bytes of Netty", 8L << 20, "direct buffers", 16L);
  }

  @Override
  protected void makeTopics(List<String> topics, int partitions) {
    Topics.make(SERVER, topics, partitions);
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(90);
  }
}
