package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.dispatch.Flow;
import dev.sluice.eventbus.dispatch.FlowOwner;
import dev.sluice.eventbus.dispatch.Item;
import dev.sluice.eventbus.dispatch.Resolution;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.Tasks;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.runtime.Calls;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one queue into one flow, from where the group is. One task runs it; it waits where the flow
 * has no room, with what one pull brought in hand.
 */
final class QueueFeed implements Tasks.Task, FlowOwner<InboundMessage> {
  private static final Logger log = LoggerFactory.getLogger(QueueFeed.class);
  private static final int PULLED = 64;
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofSeconds(5);

  private final FeedTerms terms;
  private final AssignedQueue assigned;
  private final Flow<InboundMessage> flow;
  private final Semaphore wakes = new Semaphore(0);
  private volatile boolean stopped;
  private volatile @Nullable Thread reader;
  private long next = -1;

  private QueueFeed(FeedTerms terms, AssignedQueue assigned, Intake intake) {
    this.terms = terms;
    this.assigned = assigned;
    this.flow = intake.open(Partitions.name(assigned.queue()), this);
  }

  /** Opens a flow; reads nothing yet. */
  static QueueFeed open(FeedTerms terms, AssignedQueue assigned, Intake intake) {
    return new QueueFeed(terms, assigned, intake);
  }

  /** As the flow says. */
  long frontier() {
    return flow.frontier();
  }

  /** Reads no more; the flow stays. Any thread. */
  void stop() {
    stopped = true;
    Thread running = reader;
    if (running != null) {
      running.interrupt();
    }
  }

  /** Reads no more, and ends the flow; says how far it came, or -1. Any thread. */
  long revoke() {
    stop();
    return flow.revoke();
  }

  @Override
  public void onRoom() {
    wakes.release();
  }

  @Override
  public void onResolved(Item<InboundMessage> item, Resolution resolution) {
    // It is committed when it is time for that.
  }

  @Override
  public void run() throws InterruptedException {
    reader = Thread.currentThread();
    Duration pause = SHORT;
    while (!stopped) {
      try {
        if (assigned.isLocked()) {
          pause(readOnce());
          pause = SHORT;
        } else {
          // Another member may have it soon; the upkeep renews the lock, or takes the queue away.
          pause(SHORT);
        }
      } catch (RocketMQException e) {
        if (stopped) {
          return;
        }
        log.warn("{} could not be pulled: {}", assigned.queue(), e.getMessage());
        terms.reachability().failed(e);
        lookAgain();
        pause(pause);
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONG) < 0 ? longer : LONG;
      }
    }
  }

  private void pause(Duration time) throws InterruptedException {
    if (!time.isZero()) {
      boolean unused = wakes.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** The broker may have moved. */
  private void lookAgain() throws InterruptedException {
    try {
      terms.membership().directory().refresh(assigned.queue().topic());
    } catch (RocketMQException e) {
      log.debug("No route of {} now", assigned.queue().topic(), e);
    }
  }

  /** Pulls once, and says how long to rest. */
  private Duration readOnce() throws InterruptedException {
    MessageQueue queue = assigned.queue();
    if (next < 0) {
      next = assigned.start();
    }
    long from = next;
    TopicQueue where = terms.membership().directory().find(queue);
    long began = System.nanoTime();
    PullReply reply =
        Calls.await(
            answer ->
                terms
                    .membership()
                    .remoting()
                    .pulling()
                    .pull(
                        terms.membership().group(),
                        where,
                        from,
                        PULLED,
                        terms.pollWait().toMillis(),
                        Filter.ALL,
                        answer));
    terms.reachability().reached();
    assigned.sawEnd(reply.maxOffset());
    return switch (reply.status()) {
      case FOUND -> {
        for (StoredMessage stored : reply.messages()) {
          offer(queue, terms.membership().received(queue, stored));
          // One that cannot be read is pulled again, and holds up the queue: it is not skipped.
          next = stored.queueOffset() + 1;
        }
        next = reply.nextOffset();
        yield Duration.ZERO;
      }
      case NOT_FOUND, NONE_MATCHED -> {
        next = reply.nextOffset();
        // A broker that answers at once that there is nothing is not asked all the time.
        boolean busy = next == from && System.nanoTime() - began < SHORT.toNanos();
        yield busy ? SHORT : Duration.ZERO;
      }
      case OUT_OF_RANGE -> {
        next = reply.nextOffset();
        outOfRange(queue, from);
        yield next == from ? SHORT : Duration.ZERO;
      }
    };
  }

  private void outOfRange(MessageQueue queue, long from) {
    if (next < from) {
      // The queue is shorter than it was: this flow cannot go back, another one begins there.
      log.error("{} ends at {}, and lost what the group had up to {}", queue, next, from);
      terms.moved().accept(queue, next);
      stopped = true;
    } else if (next > from) {
      log.warn("{} begins at {}: what was there from {} on is gone", queue, next, from);
    }
  }

  private void offer(MessageQueue queue, ReceivedMessage received) throws InterruptedException {
    InboundMessage message = Messages.inbound(queue, received);
    Item<InboundMessage> item =
        new Item<>(message.offset(), message.key(), Messages.bytes(message), message);
    while (!stopped && !flow.offer(item)) {
      wakes.acquire();
    }
  }
}
