package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds back messages with sharding keys while the queues of their topic are not known, so that
 * none overtakes another on the way into its lane. Where the topic is made by its first message,
 * they go one by one until it is there.
 */
final class KeyResolver {

  private final SendStation station;
  private final String topic;
  private final Deque<PendingSend> waiting = new ArrayDeque<>();
  private boolean busy;

  KeyResolver(SendStation station, String topic) {
    this.station = station;
    this.topic = topic;
  }

  void add(ActiveUpstream active, PendingSend send) {
    waiting.add(send);
    if (!busy) {
      busy = true;
      lookUp(active);
    }
  }

  private void lookUp(ActiveUpstream active) {
    active
        .upstream()
        .topology(
            topic,
            new Completion<>() {
              @Override
              public void done(Topology topology) {
                drain(active);
              }

              @Override
              public void failed(GatewayException failure) {
                if (failure.category() == ErrorCategory.NOT_FOUND
                    && active.capabilities().createsTopicsOnSend()) {
                  drain(active);
                } else {
                  fail(failure);
                }
              }
            });
  }

  private void drain(ActiveUpstream active) {
    while (true) {
      PendingSend next = waiting.peek();
      if (next == null) {
        break;
      }
      QueueId queue = queueOf(active, next);
      waiting.remove();
      if (queue == null) {
        station.sendAlone(active, next, () -> drain(active));
        return;
      }
      station.keyedLane(topic, queue).add(next);
    }
    station.resolved(topic);
  }

  private @Nullable QueueId queueOf(ActiveUpstream active, PendingSend send) {
    return active.upstream().queueOf(topic, Objects.requireNonNull(send.message.shardingKey()));
  }

  private void fail(GatewayException failure) {
    while (!waiting.isEmpty()) {
      waiting.remove().failed(failure);
    }
    station.resolved(topic);
  }
}
