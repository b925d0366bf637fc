package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A batch under way. One that is refused is sent again in halves, one after the other, until the
 * culprit is alone: nothing of it was stored, and order is kept.
 */
final class SendFlight implements Completion<List<SendReceipt>> {

  private record Part(int from, int to) {
    int size() {
      return to - from;
    }
  }

  private final SendLoop loop;
  private final Upstream upstream;
  private final List<PendingSend> batch;
  private final List<OutboundMessage> messages;
  private final Runnable landed;
  private final Deque<Part> ahead = new ArrayDeque<>(1);
  private Part part;
  private boolean departing;
  private boolean underWay;

  SendFlight(SendLoop loop, Upstream upstream, List<PendingSend> batch, Runnable landed) {
    this.loop = loop;
    this.upstream = upstream;
    this.batch = batch;
    this.landed = landed;
    this.messages = new ArrayList<>(batch.size());
    for (PendingSend send : batch) {
      messages.add(send.message);
    }
    this.part = new Part(0, batch.size());
    ahead.add(part);
  }

  /** Sends what is next; in a loop, not by recursion, where the upstream completes at once. */
  void depart() {
    if (departing) {
      return;
    }
    departing = true;
    while (!ahead.isEmpty() && !underWay) {
      part = ahead.pop();
      underWay = true;
      loop.instance().metrics().increment(Counter.BATCHES_SENT);
      List<OutboundMessage> some =
          part.size() == messages.size() ? messages : messages.subList(part.from, part.to);
      var _ = upstream.send(some, loop.settings().timeout(), this);
    }
    departing = false;
  }

  @Override
  public void done(List<SendReceipt> receipts) {
    if (receipts.size() != part.size()) {
      failed(
          new GatewayException(
              ErrorCategory.UNKNOWN_OUTCOME,
              GatewayException.Subject.NONE,
              "send: " + receipts.size() + " receipts (expected: " + part.size() + ")"));
      return;
    }
    loop.instance().metrics().add(Counter.MESSAGES_SENT, part.size());
    // A batch has one topic.
    String topic = messages.getFirst().topic();
    loop.instance().metrics().topics().succeeded(topic, Count.SENT, part.size());
    Part ended = part;
    next();
    for (int i = 0; i < ended.size(); i++) {
      batch.get(ended.from + i).done(receipts.get(i));
    }
  }

  @Override
  public void failed(GatewayException failure) {
    if (part.size() > 1 && concernsOne(failure)) {
      loop.instance().metrics().increment(Counter.BATCHES_SPLIT);
      int middle = (part.from + part.to) >>> 1;
      ahead.push(new Part(middle, part.to));
      ahead.push(new Part(part.from, middle));
      next();
      return;
    }
    if (failure.category() == ErrorCategory.UNKNOWN_OUTCOME) {
      loop.instance().metrics().add(Counter.UNKNOWN_OUTCOMES, part.size());
    }
    Part ended = part;
    next();
    for (int i = ended.from; i < ended.to; i++) {
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
  private static boolean concernsOne(GatewayException failure) {
    return switch (failure.category()) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION, UNSUPPORTED, INTERNAL -> true;
      case NOT_FOUND,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          OVERLOADED,
          UNAVAILABLE,
          TIMEOUT,
          UNKNOWN_OUTCOME,
          CANCELLED ->
          false;
    };
  }
}
