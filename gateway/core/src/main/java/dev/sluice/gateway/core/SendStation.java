package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One loop's sends through one upstream: holds them back while it starts, and then sorts them into
 * lanes. Exists, and keeps the upstream open, while it has messages.
 */
final class SendStation {

  /** A queue of a topic, or the topic's messages without sharding keys where the queue is null. */
  private record KeyedLane(String topic, QueueId queue) {}

  private final SendLoop loop;
  private final SharedUpstream shared;
  private final Deque<PendingSend> beforeStart = new ArrayDeque<>();
  private final Map<String, SendLane> plainLanes = new HashMap<>();
  private final Map<KeyedLane, SendLane> keyedLanes = new HashMap<>();
  private final Map<String, KeyResolver> resolvers = new HashMap<>();
  private int alone;
  private boolean starting;
  private boolean sorting;

  SendStation(SendLoop loop, SharedUpstream shared) {
    this.loop = loop;
    this.shared = shared;
    shared.pin();
  }

  void add(PendingSend send) {
    ActiveUpstream active = shared.current();
    if (active != null && beforeStart.isEmpty() && !sorting) {
      sort(active, send);
      forgetIfIdle();
      return;
    }
    beforeStart.add(send);
    if (!starting && !sorting) {
      starting = true;
      shared.use(new Started());
    }
  }

  private final class Started implements Completion<ActiveUpstream> {
    @Override
    public void done(ActiveUpstream active) {
      starting = false;
      sorting = true;
      for (PendingSend next = beforeStart.poll(); next != null; next = beforeStart.poll()) {
        sort(active, next);
      }
      sorting = false;
      forgetIfIdle();
    }

    @Override
    public void failed(GatewayException failure) {
      starting = false;
      // A copy: what callers send from their completions tries anew.
      var failed = List.copyOf(beforeStart);
      beforeStart.clear();
      failed.forEach(send -> send.failed(failure));
      forgetIfIdle();
    }
  }

  private void sort(ActiveUpstream active, PendingSend send) {
    OutboundMessage message = send.message;
    int body = message.body().remaining();
    if (body > active.capabilities().maxBodyBytes()) {
      send.failed(
          GatewayException.invalid(
              Subject.BODY,
              "body: "
                  + body
                  + " bytes (expected: at most "
                  + active.capabilities().maxBodyBytes()
                  + ")"));
      return;
    }
    send.encodedSize = active.upstream().encodedSize(message);
    String key = message.shardingKey();
    if (!message.batchable()) {
      sendAlone(active, send, this::forgetIfIdle);
    } else if (key == null) {
      plainLane(message.topic()).add(send);
    } else {
      sortKeyed(active, send, key);
    }
  }

  private void sortKeyed(ActiveUpstream active, PendingSend send, String key) {
    String topic = send.message.topic();
    KeyResolver resolver = resolvers.get(topic);
    if (resolver == null) {
      QueueId queue = active.upstream().queueOf(topic, key);
      if (queue != null) {
        keyedLane(topic, queue).add(send);
        return;
      }
      resolver = new KeyResolver(this, topic);
      resolvers.put(topic, resolver);
    }
    resolver.add(active, send);
  }

  void resolved(String topic) {
    resolvers.remove(topic);
    forgetIfIdle();
  }

  private SendLane plainLane(String topic) {
    SendLane lane = plainLanes.get(topic);
    if (lane == null) {
      lane = new SendLane(this, loop.settings().flights(), () -> plainLanes.remove(topic));
      plainLanes.put(topic, lane);
    }
    return lane;
  }

  SendLane keyedLane(String topic, QueueId queue) {
    var key = new KeyedLane(topic, queue);
    SendLane lane = keyedLanes.get(key);
    if (lane == null) {
      lane = new SendLane(this, 1, () -> keyedLanes.remove(key));
      keyedLanes.put(key, lane);
    }
    return lane;
  }

  void sendAlone(ActiveUpstream active, PendingSend send, Runnable landed) {
    alone++;
    new SendFlight(
            loop,
            active.upstream(),
            List.of(send),
            () -> {
              alone--;
              landed.run();
            })
        .depart();
  }

  /** Called whenever something ended that could have been the last. */
  void forgetIfIdle() {
    if (beforeStart.isEmpty()
        && !starting
        && !sorting
        && alone == 0
        && plainLanes.isEmpty()
        && keyedLanes.isEmpty()
        && resolvers.isEmpty()
        && loop.forget(shared, this)) {
      shared.unpin();
    }
  }

  SendLoop loop() {
    return loop;
  }

  SharedUpstream shared() {
    return shared;
  }
}
