package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import dev.sluice.lifecycle.Tally;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One loop's acknowledgements on their way to the message system. Those of one topic and group
 * share calls: one is under way at a time, and what comes meanwhile leaves together.
 */
final class AckLoop {

  private static final int MAX_BATCH = 256;

  private record Key(SharedUpstream shared, String topic, String group) {}

  private record Entry(String handle, Completion<AckOutcome> completion) {}

  private final Instance instance;
  private final Tally pending;
  // A lane is removed when it is empty.
  private final Map<Key, Lane> lanes = new HashMap<>();

  AckLoop(Instance instance, Tally pending) {
    this.instance = instance;
    this.pending = pending;
  }

  /** Acknowledges by a backend's handle; the completion is always done, never failed. */
  void ack(
      SharedUpstream shared,
      String topic,
      String group,
      String handle,
      Completion<AckOutcome> completion) {
    pending.add(1);
    var key = new Key(shared, topic, group);
    Lane lane = lanes.computeIfAbsent(key, Lane::new);
    lane.waiting.add(new Entry(handle, completion));
    lane.pump();
  }

  private final class Lane {
    private final Key key;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private boolean underWay;
    private boolean pumping;

    Lane(Key key) {
      this.key = key;
    }

    void pump() {
      if (pumping) {
        return;
      }
      pumping = true;
      while (!underWay && !waiting.isEmpty()) {
        depart();
      }
      pumping = false;
      if (!underWay) {
        lanes.remove(key, this);
      }
    }

    private void depart() {
      underWay = true;
      var batch = new ArrayList<Entry>(Math.min(waiting.size(), MAX_BATCH));
      var handles = new ArrayList<String>(batch.size());
      while (batch.size() < MAX_BATCH && !waiting.isEmpty()) {
        Entry next = waiting.remove();
        batch.add(next);
        handles.add(next.handle);
      }
      key.shared.call(
          (upstream, completion) -> upstream.ack(key.topic, key.group, handles, completion),
          new Completion<List<AckOutcome>>() {
            @Override
            public void done(List<AckOutcome> outcomes) {
              landed();
              for (int i = 0; i < batch.size(); i++) {
                end(key.topic, batch.get(i), outcomes.get(i));
              }
            }

            @Override
            public void failed(GatewayException failure) {
              landed();
              var outcome = new AckOutcome.Failed(failure);
              batch.forEach(entry -> end(key.topic, entry, outcome));
            }
          });
    }

    private void landed() {
      underWay = false;
      pump();
    }
  }

  private void end(String topic, Entry entry, AckOutcome outcome) {
    pending.remove(1);
    GatewayMetrics metrics = instance.metrics();
    switch (outcome) {
      case AckOutcome.Acknowledged _ -> {
        metrics.increment(Counter.MESSAGES_ACKED);
        metrics.topics().succeeded(topic, Count.ACKED, 1);
      }
      case AckOutcome.Failed _ -> metrics.increment(Counter.ACK_FAILURES);
    }
    entry.completion.done(outcome);
  }
}
