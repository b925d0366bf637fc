package dev.sluice.rocketmq.client;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.wire.Done;
import dev.sluice.rocketmq.wire.Heartbeat;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.UnregisterClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every master of the groups of this client, always on the connections of the first loop:
 * brokers remember members by connection, and forget them only on that one. Safe for all threads.
 */
final class Heartbeats implements Memberships {
  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

  private final AdminCalls admin;
  private final CallRouter router;
  private final Clock clock;
  private final String clientId;
  private final long timeoutMillis;
  private final Set<String> producers = new LinkedHashSet<>();
  private final Map<String, Map<String, Heartbeat.Subscription>> consumers = new LinkedHashMap<>();

  Heartbeats(AdminCalls admin, CallRouter router, ClientOptions options, Clock clock) {
    this.admin = admin;
    this.router = router;
    this.clock = clock;
    this.clientId = options.clientId();
    this.timeoutMillis = options.callTimeout().toMillis();
  }

  @Override
  public void joinProducers(String group) {
    boolean added;
    synchronized (this) {
      added = producers.add(group);
    }
    if (added) {
      beat();
    }
  }

  @Override
  public void joinConsumers(String group, String topic, Filter filter) {
    Heartbeat.Subscription subscription =
        new Heartbeat.Subscription(
            topic, filter.kind().name(), filter.expression(), clock.currentTimeMillis());
    synchronized (this) {
      consumers.computeIfAbsent(group, name -> new LinkedHashMap<>()).put(topic, subscription);
    }
    beat();
  }

  @Override
  public void leave(String group) {
    boolean producer;
    boolean consumer;
    synchronized (this) {
      producer = producers.remove(group);
      consumer = consumers.remove(group) != null;
    }
    if (producer || consumer) {
      UnregisterClient request =
          new UnregisterClient(clientId, producer ? group : null, consumer ? group : null);
      toMasters(request);
    }
  }

  /** Tells all masters of all groups, if there are any. */
  void beat() {
    Heartbeat heartbeat;
    synchronized (this) {
      if (producers.isEmpty() && consumers.isEmpty()) {
        return;
      }
      List<Heartbeat.Consumer> members = new ArrayList<>();
      consumers.forEach(
          (group, subscriptions) ->
              members.add(
                  new Heartbeat.Consumer(
                      group,
                      Heartbeat.ConsumeType.CONSUME_POP,
                      List.copyOf(subscriptions.values()))));
      heartbeat = Heartbeat.of(clientId, List.copyOf(producers), members);
    }
    toMasters(heartbeat);
  }

  /** What keeps a quiet connection from being closed by the broker: a heartbeat of no groups. */
  Heartbeat empty() {
    return Heartbeat.of(clientId, List.of(), List.of());
  }

  private void toMasters(Request<Done> request) {
    Reply<List<AdminCalls.Master>> each =
        new Reply<>() {
          @Override
          public void done(List<AdminCalls.Master> masters) {
            for (AdminCalls.Master master : masters) {
              router.call(
                  master.endpoint(), request, Remoting.Effect.CHANGES, timeoutMillis, logged());
            }
          }

          @Override
          public void failed(ClientException failure) {
            log.warn("No master could be told of the groups: {}", failure.getMessage());
          }
        };
    router.atHome(() -> admin.masters(each));
  }

  private static Reply<Done> logged() {
    return new Reply<>() {
      @Override
      public void done(Done value) {}

      @Override
      public void failed(ClientException failure) {
        log.warn("A broker could not be told of the groups: {}", failure.getMessage());
      }
    };
  }
}
