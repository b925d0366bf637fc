package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.SendReply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Messages under way together. Those that a broker refuses together are sent again in halves, one
 * after the other, until the culprit is alone: nothing of them was stored, and their order is kept.
 * Belongs to one event loop.
 */
final class SendFlight {
  private final SendLanes lanes;
  private final List<PendingSend> batch;
  private final Runnable landed;
  private final Deque<Part> ahead = new ArrayDeque<>(1);
  private boolean departing;
  private boolean underWay;

  private record Part(int from, int to) {
    int size() {
      return to - from;
    }
  }

  SendFlight(SendLanes lanes, List<PendingSend> batch, Runnable landed) {
    this.lanes = lanes;
    this.batch = batch;
    this.landed = landed;
    ahead.add(new Part(0, batch.size()));
  }

  /** Sends what is next; in a loop, not by recursion, where that ends at once. */
  void depart() {
    if (departing) {
      return;
    }
    departing = true;
    while (!ahead.isEmpty() && !underWay) {
      underWay = true;
      send(ahead.pop());
    }
    departing = false;
  }

  private void send(Part part) {
    Outcome outcome =
        new Outcome() {
          @Override
          public void stored(TopicQueue queue, SendReply reply) {
            lanes.onLoop(() -> done(part, queue, reply));
          }

          @Override
          public void failed(RocketMQException failure) {
            lanes.onLoop(() -> refused(part, failure));
          }
        };
    try {
      lanes.send(batch.subList(part.from, part.to), outcome);
    } catch (RuntimeException e) {
      refused(part, RocketMQException.from(e));
    }
  }

  private void done(Part part, TopicQueue queue, SendReply reply) {
    next();
    for (int i = part.from; i < part.to; i++) {
      batch.get(i).stored(i - part.from, queue, reply);
    }
  }

  private void refused(Part part, RocketMQException failure) {
    if (part.size() > 1 && concernsOne(failure)) {
      int middle = (part.from + part.to) >>> 1;
      ahead.push(new Part(middle, part.to));
      ahead.push(new Part(part.from, middle));
      next();
      return;
    }
    next();
    for (int i = part.from; i < part.to; i++) {
      batch.get(i).failed(failure);
    }
  }

  private void next() {
    underWay = false;
    if (ahead.isEmpty()) {
      landed.run();
    } else {
      depart();
    }
  }

  /** Whether a refusal may be about one message of several; others would meet each part alike. */
  private static boolean concernsOne(RocketMQException failure) {
    return switch (failure.category()) {
      case INVALID_ARGUMENT -> true;
      // Only what a broker says: after an answer that cannot be read they may be stored.
      case INTERNAL -> failure.responseCode().isPresent();
      case NOT_FOUND,
          UNAUTHENTICATED,
          OVERLOADED,
          UNAVAILABLE,
          TIMEOUT,
          UNKNOWN_OUTCOME,
          INTERRUPTED ->
          false;
    };
  }
}
