package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.group.Tasks;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.runtime.Calls;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pulls one queue, as long as the member has it. */
final class QueueReader implements Tasks.Task {
  private static final Logger log = LoggerFactory.getLogger(QueueReader.class);
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofSeconds(5);

  private final Membership parts;
  private final Terms terms;
  private final AssignedQueue assigned;
  private final FilterExpression wanted;
  private final Start start;
  private final Supplier<FlowLimits> limits;
  private final BooleanSupplier paused;
  private long next = -1;

  /**
   * How to pull.
   *
   * @param batchSize how many messages at most
   * @param longest how long the broker keeps a pull of a queue without new messages
   * @param interval the pause between pulls that bring messages
   */
  record Terms(int batchSize, Duration longest, Duration interval) {}

  /** Where to begin. */
  @FunctionalInterface
  interface Start {
    /** The first offset wanted; waits for brokers. */
    long find(MessageQueue queue) throws InterruptedException;
  }

  QueueReader(
      Membership parts,
      Terms terms,
      AssignedQueue assigned,
      FilterExpression wanted,
      Start start,
      Supplier<FlowLimits> limits,
      BooleanSupplier paused) {
    this.parts = parts;
    this.terms = terms;
    this.assigned = assigned;
    this.wanted = wanted;
    this.start = start;
    this.limits = limits;
    this.paused = paused;
  }

  @Override
  public void run() throws InterruptedException {
    ProcessQueue process = assigned.process();
    Duration pause = SHORT;
    while (process.awaitRoom(limits)) {
      if (paused.getAsBoolean()) {
        process.pause(SHORT.toNanos());
        continue;
      }
      try {
        Duration rest = readOnce();
        pause = SHORT;
        process.pause(rest.toNanos());
      } catch (RocketMQException e) {
        if (!process.isActive()) {
          return;
        }
        log.warn("{} could not be pulled: {}", assigned.queue(), e.getMessage());
        lookAgain();
        process.pause(pause.toNanos());
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONG) < 0 ? longer : LONG;
      }
    }
  }

  /** The broker may have moved. */
  private void lookAgain() throws InterruptedException {
    try {
      parts.directory().refresh(assigned.queue().topic());
    } catch (RocketMQException e) {
      log.debug("No route of {} now", assigned.queue().topic(), e);
    }
  }

  /** Pulls once, and says how long to rest until the next time. */
  private Duration readOnce() throws InterruptedException {
    MessageQueue queue = assigned.queue();
    if (next < 0) {
      next = start.find(queue);
      put(List.of());
    }
    long from = next;
    TopicQueue where = parts.directory().find(queue);
    long began = parts.clock().nanoTime();
    PullReply reply =
        Calls.await(
            answer ->
                parts
                    .remoting()
                    .pulling()
                    .pull(
                        parts.group(),
                        where,
                        from,
                        terms.batchSize(),
                        terms.longest().toMillis(),
                        filter(),
                        answer));
    next = reply.nextOffset();
    return switch (reply.status()) {
      case FOUND -> {
        take(reply);
        yield terms.interval();
      }
      case NOT_FOUND, NONE_MATCHED -> {
        put(List.of());
        // A broker that answers at once that there is nothing is not asked all the time.
        boolean busy = next == from && parts.clock().nanoTime() - began < SHORT.toNanos();
        yield busy ? SHORT : Duration.ZERO;
      }
      case OUT_OF_RANGE -> {
        log.warn("{} has no offset {}: on to {}", queue, from, next);
        assigned.moved(next);
        yield next == from ? SHORT : Duration.ZERO;
      }
    };
  }

  private Filter filter() {
    return wanted.filter();
  }

  private void take(PullReply reply) {
    MessageQueue queue = assigned.queue();
    List<ReceivedMessage> messages =
        reply.messages().stream()
            .map(stored -> parts.received(queue, stored))
            .filter(wanted::wants)
            .toList();
    put(messages);
    assigned.deliver(messages);
  }

  private void put(List<ReceivedMessage> messages) {
    assigned.pulled(messages, next);
  }
}
