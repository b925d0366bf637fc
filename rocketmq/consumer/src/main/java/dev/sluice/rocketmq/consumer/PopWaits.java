package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.PopRequest;
import dev.sluice.rocketmq.requests.AwaitMessages;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Waits until brokers have messages; one wait at each, whose answer is for all that wait. Safe for
 * all threads.
 */
final class PopWaits {
  private static final Duration LONGEST = Duration.ofSeconds(15);

  /** Brokers tell nobody that a queue is free again, so that this is how late it may be seen. */
  private static final Duration LONGEST_ORDERED = Duration.ofMillis(500);

  private final Membership parts;
  private final boolean ordered;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicReference<CompletableFuture<AwaitMessages.Answer>> freed =
      new AtomicReference<>(new CompletableFuture<>());

  /** Each is removed when its broker has answered. */
  private final Map<PopSource, CompletableFuture<AwaitMessages.Answer>> underWay =
      new ConcurrentHashMap<>();

  PopWaits(Membership parts, boolean ordered) {
    this.parts = parts;
    this.ordered = ordered;
  }

  /** Answers when all of a queue that was held here is acknowledged, after this call. */
  CompletableFuture<AwaitMessages.Answer> freed() {
    return Objects.requireNonNull(freed.get());
  }

  /** Others may ask for messages of a queue again. */
  void queueIsFree() {
    if (ordered) {
      freed.getAndSet(new CompletableFuture<>()).complete(AwaitMessages.Answer.MESSAGES);
    }
  }

  /** Waits until one of them or another answers, the time is over or this is closed. */
  AwaitMessages.Answer any(
      List<PopSource> sources, List<CompletableFuture<AwaitMessages.Answer>> others, long nanos)
      throws InterruptedException {
    Duration longest = ordered ? LONGEST_ORDERED : LONGEST;
    long millis = Math.max(1, Math.min(TimeUnit.NANOSECONDS.toMillis(nanos), longest.toMillis()));
    CompletableFuture<?>[] all =
        Stream.concat(others.stream(), sources.stream().map(source -> at(source, millis)))
            .toArray(CompletableFuture<?>[]::new);
    try {
      return (AwaitMessages.Answer) CompletableFuture.anyOf(all).get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return AwaitMessages.Answer.NOTHING;
    } catch (ExecutionException e) {
      // As where it holds too many that wait: a pause, and another look.
      return AwaitMessages.Answer.FULL;
    }
  }

  private CompletableFuture<AwaitMessages.Answer> at(PopSource source, long millis) {
    CompletableFuture<AwaitMessages.Answer> mine = new CompletableFuture<>();
    CompletableFuture<AwaitMessages.Answer> other = underWay.putIfAbsent(source, mine);
    if (other != null) {
      return other;
    }
    if (isClosed()) {
      mine.complete(AwaitMessages.Answer.NOTHING);
      return mine;
    }
    FutureReply<AwaitMessages.Answer> call =
        FutureReply.of(
            reply ->
                parts
                    .remoting()
                    .popping()
                    .await(
                        source.broker(),
                        parts.group(),
                        source.topic(),
                        PopRequest.ANY_QUEUE,
                        source.wanted().filter(),
                        ordered,
                        millis,
                        reply));
    CompletableFuture<?> unused =
        call.whenComplete(
            (answer, failure) -> {
              underWay.remove(source, mine);
              if (failure == null) {
                mine.complete(answer);
              } else {
                mine.completeExceptionally(failure);
              }
            });
    return mine;
  }

  /** Waits so long, or until this is closed. */
  void pause(long nanos) throws InterruptedException {
    boolean unused = closed.await(nanos, TimeUnit.NANOSECONDS);
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Ends all waits. */
  void close() {
    closed.countDown();
    underWay.values().forEach(each -> each.complete(AwaitMessages.Answer.NOTHING));
  }
}
