package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.remoting.PopRequest;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.requests.AwaitMessages;
import dev.sluice.rocketmq.requests.PopReply;
import dev.sluice.rocketmq.requests.PoppedMessage;
import dev.sluice.rocketmq.runtime.Calls;
import dev.sluice.rocketmq.runtime.Handlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers of the topics for messages, in turn, and waits where none has any. What waits
 * takes nothing, so that it can wait everywhere at once. Safe for all threads.
 */
final class PopReceiver {
  private static final Logger log = LoggerFactory.getLogger(PopReceiver.class);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Membership parts;
  private final PopStarts starts;
  private final PopWaits waits;
  private final @Nullable PopAttempts attempts;
  private final HeldDelivery.Scope scope;
  private final AtomicInteger turns = new AtomicInteger();

  /**
   * A receiver for a member.
   *
   * @param ordered whether nothing of a queue is given while anything of it is held
   */
  PopReceiver(Membership parts, Handlers handlers, boolean ordered) {
    this.parts = parts;
    this.starts = new PopStarts(parts, ordered);
    this.waits = new PopWaits(parts, ordered);
    this.attempts = ordered ? new PopAttempts(parts.clock()) : null;
    this.scope =
        new HeldDelivery.Scope(
            parts.remoting().popping(),
            parts.clock(),
            handlers,
            parts.group(),
            parts.terms().client().callTimeout());
  }

  /**
   * Gives the messages of the first source that has any; none when the wait is over.
   *
   * @param taker the future that gives them, whose end is also the wait's
   */
  List<Delivery> receive(int max, Duration wait, Duration invisible, CompletableFuture<?> taker)
      throws InterruptedException {
    long end = parts.clock().nanoTime() + wait.toNanos();
    CompletableFuture<AwaitMessages.Answer> given =
        taker.handle((messages, failure) -> AwaitMessages.Answer.NOTHING);
    boolean futile = false;
    while (!waits.isClosed() && !taker.isDone()) {
      List<PopSource> sources = sources();
      CompletableFuture<AwaitMessages.Answer> freed = waits.freed();
      List<Delivery> found = ask(sources, max, invisible);
      long left = end - parts.clock().nanoTime();
      if (!found.isEmpty() || left <= 0) {
        return found;
      }
      if (futile) {
        // It was another's, or does not match: once more now would be all the time.
        waits.pause(Math.min(left, PAUSE.toNanos()));
        futile = false;
      } else {
        futile = waits.any(sources, List.of(given, freed), left) != AwaitMessages.Answer.NOTHING;
      }
    }
    return List.of();
  }

  private List<PopSource> sources() throws InterruptedException {
    List<PopSource> sources = new ArrayList<>();
    @Nullable RocketMQException missing = null;
    for (Map.Entry<String, FilterExpression> topic : parts.terms().topics().entrySet()) {
      try {
        starts.prepare(topic.getKey(), topic.getValue());
        Route route = parts.directory().route(topic.getKey());
        for (int i = 0; i < route.readerCount(); i++) {
          sources.add(new PopSource(topic.getKey(), topic.getValue(), route.reader(i)));
        }
      } catch (RocketMQException e) {
        if (e.category() == RocketMQException.Category.INVALID_ARGUMENT) {
          throw e;
        }
        missing = e;
      }
    }
    if (sources.isEmpty()) {
      throw missing != null
          ? missing
          : RocketMQException.of(
              RocketMQException.Category.UNAVAILABLE,
              "topics: " + parts.terms().topics().keySet() + " (expected: one that can be read)");
    }
    return sources;
  }

  private List<Delivery> ask(List<PopSource> sources, int max, Duration invisible)
      throws InterruptedException {
    int turn = turns.getAndIncrement();
    int failures = 0;
    @Nullable RocketMQException failed = null;
    for (int i = 0; i < sources.size(); i++) {
      PopSource source = sources.get(Math.floorMod(turn + i, sources.size()));
      try {
        List<Delivery> found = pop(source, max, invisible);
        if (!found.isEmpty()) {
          return found;
        }
      } catch (RocketMQException e) {
        log.warn("{} could not be popped: {}", source, e.getMessage());
        lookAgain(source.topic());
        failures++;
        failed = e;
      }
    }
    if (failed != null && failures == sources.size()) {
      throw failed;
    }
    return List.of();
  }

  /** The broker may have moved. */
  private void lookAgain(String topic) throws InterruptedException {
    try {
      parts.directory().refresh(topic);
    } catch (RocketMQException e) {
      log.debug("No route of {} now", topic, e);
    }
  }

  private List<Delivery> pop(PopSource source, int max, Duration invisible)
      throws InterruptedException {
    long until = parts.clock().nanoTime() + invisible.toNanos();
    PopReply reply = ask(source, max, invisible);
    Map<Integer, QueueHold> holds = new HashMap<>();
    List<Delivery> deliveries = new ArrayList<>();
    for (PoppedMessage popped : reply.messages()) {
      ReceivedMessage message =
          ReceivedMessage.of(
              popped.message(),
              parts.terms().namespace().unwrap(source.topic()),
              source.broker().name(),
              popped.deliveryAttempt());
      QueueHold hold =
          holds.computeIfAbsent(message.queue().id(), id -> new QueueHold(waits::queueIsFree));
      hold.add();
      Delivery delivery =
          new HeldDelivery(scope, source.topic(), message, popped.handle(), until, hold::remove);
      if (source.wanted().wants(message)) {
        deliveries.add(delivery);
      } else {
        // Brokers compare hashes; the group does not want it.
        var unused = delivery.ackAsync();
      }
    }
    return deliveries;
  }

  private PopReply ask(PopSource source, int max, Duration invisible) throws InterruptedException {
    if (attempts == null) {
      return ask(source, max, invisible, null);
    }
    PopAttempts.Attempt attempt = attempts.next(source, invisible.toNanos());
    boolean answered = false;
    try {
      PopReply reply = ask(source, max, invisible, attempt.id());
      answered = true;
      return reply;
    } finally {
      if (!answered) {
        attempts.lost(attempt);
      }
    }
  }

  private PopReply ask(PopSource source, int max, Duration invisible, @Nullable String attemptId)
      throws InterruptedException {
    PopRequest request =
        new PopRequest(
            source.topic(),
            parts.group(),
            PopRequest.ANY_QUEUE,
            max,
            invisible.toMillis(),
            0,
            source.wanted().filter(),
            attemptId != null,
            attemptId,
            PopRequest.Start.EARLIEST);
    return Calls.await(answer -> parts.remoting().popping().pop(source.broker(), request, answer));
  }

  /** Whether waits have been ended. */
  boolean isClosed() {
    return waits.isClosed();
  }

  /** Ends all waits, which find nothing. */
  void close() {
    waits.close();
  }
}
