package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What becomes of what a cluster in memory has handed out. */
final class MemoryHandedOut {

  private final MemoryCalls calls;
  private final MemoryCluster cluster;

  MemoryHandedOut(MemoryCalls calls) {
    this.calls = calls;
    this.cluster = calls.cluster();
  }

  List<AckOutcome> ack(String topic, String group, List<String> handles) {
    var outcomes = new ArrayList<AckOutcome>();
    for (String handle : handles) {
      outcomes.add(ackOne(topic, group, handle));
    }
    cluster.changed();
    return outcomes;
  }

  private AckOutcome ackOne(String topic, String group, String handle) {
    synchronized (cluster) {
      try {
        cluster.group(cluster.topic(topic), group).ack(handle, calls.now());
        return AckOutcome.OK;
      } catch (GatewayException e) {
        return new AckOutcome.Failed(e);
      }
    }
  }

  /** Moves it, which is acknowledged by that. */
  void bury(String group, Delivery delivery) {
    synchronized (cluster) {
      cluster.group(cluster.topic(delivery.topic()), group).ack(delivery.handle(), calls.now());
      store(group, delivery);
    }
    cluster.changed();
  }

  /** Stores it beside, by its handle alone. */
  void storeDeadLetter(String topic, String group, String handle) {
    synchronized (cluster) {
      store(group, cluster.group(cluster.topic(topic), group).reread(handle));
    }
    cluster.changed();
  }

  private void store(String group, Delivery delivery) {
    String name = deadLetterTopic(group);
    cluster.create(name, 1, Topology.MessageKind.NORMAL);
    cluster.topic(name).store(sent(delivery, name), delivery.messageId(), 0, calls.now());
  }

  private static OutboundMessage sent(Delivery delivery, String topic) {
    return new OutboundMessage(
        topic,
        delivery.messageId(),
        delivery.body(),
        delivery.encoding(),
        delivery.tag(),
        delivery.keys(),
        delivery.shardingKey(),
        delivery.properties(),
        delivery.bornAt(),
        delivery.bornHost(),
        Schedule.NOW);
  }

  static String deadLetterTopic(String group) {
    return "%DLQ%" + group;
  }

  NewHandle changeInvisible(String topic, String group, String handle, Duration invisible) {
    NewHandle fresh;
    synchronized (cluster) {
      fresh =
          cluster
              .group(cluster.topic(topic), group)
              .changeInvisible(handle, invisible.toMillis(), calls.now());
    }
    cluster.changed();
    return fresh;
  }
}
