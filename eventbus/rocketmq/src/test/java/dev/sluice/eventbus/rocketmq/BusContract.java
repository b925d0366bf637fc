package dev.sluice.eventbus.rocketmq;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.core.EventBusContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.group.HeldLocks;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.Heartbeat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The bus over RocketMQ keeps the contract of all buses, on brokers of either version. */
abstract class BusContract extends EventBusContract {
  private final Map<String, RocketMQTransport> transports = new ConcurrentHashMap<>();

  abstract RocketMQVersion version();

  private String nameServers() {
    return SharedEngine.of(version()).nameServerAddress();
  }

  @Override
  protected Transport transport(BusOptions options, String member, Ledger ledger) {
    RocketMQTransport transport =
        new RocketMQTransport(
            RocketMQOptions.of(options, nameServers())
                .times(Duration.ofSeconds(5), Duration.ofMillis(200), TransportFixture.SEND_TIME)
                .newTopicQueues(1),
            ledger);
    transports.put(member, transport);
    return transport;
  }

  @Override
  protected boolean canCutOff() {
    return true;
  }

  /**
   * Its broker forgets it and its locks, as it does a minute after it heard of it last; it finds
   * out when it renews them.
   */
  @Override
  protected void cutOff(Member member) {
    BusClient client = client(member);
    String group = client.membership().group();
    FutureReply.<Done>await(
        reply -> client.membership().remoting().memberships().leave(group, reply));
    client.flows().distrustLocks();
    try {
      new HeldLocks(client.membership()).unlock(client.flows().queues());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  protected void letBack(Member member) {
    BusClient client = client(member);
    Heartbeat.Consumer shown =
        new Heartbeat.Consumer(
            client.membership().group(),
            Heartbeat.ConsumeType.CONSUME_ACTIVELY,
            Heartbeat.Model.CLUSTERING,
            Heartbeat.From.CONSUME_FROM_FIRST_OFFSET,
            client.membership().terms().subscriptions());
    FutureReply.<Done>await(
        reply -> client.membership().remoting().memberships().joinClassic(shown, reply));
  }

  private BusClient client(Member member) {
    return Objects.requireNonNull(transports.get(member.name())).running();
  }

  @Override
  protected void makeTopics(List<String> topics, int partitions) {
    Topics.make(nameServers(), topics, partitions);
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }
}
