package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.core.ConsumerProgram;
import dev.sluice.eventbus.core.CrashContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;

/** Members over RocketMQ that are killed, or have little memory. */
class CrashTest extends CrashContract {

  public static void main(String[] arguments) throws Exception {
    ConsumerProgram.run(arguments, new CrashTest()::connect);
  }

  @Override
  protected String server() {
    return ShortLocks.nameServers();
  }

  @Override
  protected Transport connect(String server, BusOptions options, Ledger ledger) {
    return new RocketMQTransport(
        RocketMQOptions.of(options, server)
            .times(Duration.ofSeconds(5), Duration.ofMillis(50), TransportFixture.SEND_TIME),
        ledger);
  }

  @Override
  protected void makeTopics(List<String> topics, int partitions) {
    Topics.make(server(), topics, partitions);
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(90);
  }
}
