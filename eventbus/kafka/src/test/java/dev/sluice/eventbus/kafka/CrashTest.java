package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.core.ConsumerProgram;
import dev.sluice.eventbus.core.CrashContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Members over Kafka that are killed, or have little memory. */
class CrashTest extends CrashContract {

  public static void main(String[] arguments) throws Exception {
    ConsumerProgram.run(arguments, new CrashTest()::connect);
  }

  @Override
  protected String server() {
    return Broker.engine().bootstrapServers();
  }

  @Override
  protected Transport connect(String server, BusOptions options, Ledger ledger) {
    return KafkaTransport.create(
        KafkaOptions.of(options, server)
            .commitInterval(Duration.ofMillis(50))
            .property("heartbeat.interval.ms", "200"),
        ledger);
  }

  @Override
  protected void forgetMembers(String group) {
    Broker.removeMembers(group);
  }

  @Override
  protected void makeTopics(List<String> topics, int partitions) {
    Broker.make(topics, partitions, Map.of());
  }

  @Override
  protected Duration patience() {
    return Duration.ofMinutes(3);
  }
}
