package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.DeadLetters;
import dev.sluice.eventbus.DeadLetters.Replayed;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.TransportOptions;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bus for the dead letters of one topic, from its start to its close, within one deadline. It
 * declares no topics, so that it joins no group and takes nothing from members. For one thread,
 * which it blocks.
 */
final class BusSession implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_RESERVE = Duration.ofSeconds(2);
  private static final int RESERVED_SHARE = 5;

  private final BusAddress address;
  private final EventBus bus;
  private final DeadLetters letters;
  private final String topic;
  private final Duration time;
  private final Deadline whole;
  private final Deadline work;

  private BusSession(
      BusAddress address,
      EventBus bus,
      String topic,
      Duration time,
      Deadline whole,
      Deadline work) {
    this.address = address;
    this.bus = bus;
    this.letters = bus.deadLetters();
    this.topic = topic;
    this.time = time;
    this.whole = whole;
    this.work = work;
  }

  /**
   * Opens one.
   *
   * @param time for everything, the close included, from now on
   * @throws CommandException if nobody listens at the address
   */
  static BusSession open(
      BusAddress address, TransportOptions options, String topic, Duration time) {
    Deadline whole = Deadline.after(time);
    Duration share = time.dividedBy(RESERVED_SHARE);
    Deadline work = whole.minus(share.compareTo(LONGEST_RESERVE) < 0 ? share : LONGEST_RESERVE);
    Listening.check(address, work);
    EventBus bus = EventBus.create(options, Ledger.create());
    BusSession session = new BusSession(address, bus, topic, time, whole, work);
    try {
      bus.start();
      return session;
    } catch (EventBusException e) {
      session.close();
      throw CommandException.of(e);
    }
  }

  /** Lists dead letters; as {@link DeadLetters#list}. */
  List<DeadLetter> list(@Nullable String from, int max) throws InterruptedException {
    return read(() -> letters.list(topic, from, max));
  }

  /**
   * The dead letter at a position.
   *
   * @throws CommandException if none is there
   */
  DeadLetter find(String position) throws InterruptedException {
    Optional<DeadLetter> found = read(() -> letters.find(topic, position));
    return found.orElseThrow(
        () ->
            new CommandException(
                ExitCodes.FAILED,
                "position: "
                    + position
                    + " (expected: that of a dead letter, as 'dead-letters list' shows it)"));
  }

  /** Replays one. */
  Published replay(DeadLetter letter) throws InterruptedException {
    return once(letters.replay(letter));
  }

  /** Replays what was not replayed; as {@link DeadLetters#replayAll}. */
  Replayed replayAll(int max) throws InterruptedException {
    // Reads first: also tells whether the topic is there, and waits for the connection.
    var _ = list(null, 1);
    return once(letters.replayAll(topic, max));
  }

  /** How many were replayed and noted in this session: two messages each, one after the other. */
  long replayed() {
    return bus.inspect().published() / 2;
  }

  /** Asks again while there is no connection yet: reading twice does no harm. */
  private <T> T read(Supplier<CompletableFuture<T>> question) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    while (true) {
      try {
        return await(question.get());
      } catch (EventBusException e) {
        switch (e.category()) {
          case NOT_FOUND -> throw noTopic();
          case UNAVAILABLE -> {
            if (work.minus(PAUSE).isPast()) {
              throw noAnswer(e.getMessage());
            }
          }
          default -> throw CommandException.of(e);
        }
      }
      boolean _ = never.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private <T> T once(CompletableFuture<T> answer) throws InterruptedException {
    try {
      return await(answer);
    } catch (EventBusException e) {
      throw CommandException.of(e);
    }
  }

  private <T> T await(CompletableFuture<T> answer) throws InterruptedException {
    try {
      return answer.get(work.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw noAnswer(bus.inspect().detail());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof EventBusException known
          ? known
          : EventBusException.of(Category.INTERNAL, String.valueOf(e.getCause()), e);
    }
  }

  private CommandException noAnswer(@Nullable String reason) {
    return new CommandException(
        ExitCodes.UNAVAILABLE,
        "no answer from %s within the --timeout of %s: %s"
            .formatted(address, Times.text(time), reason));
  }

  private CommandException noTopic() {
    return new CommandException(
        ExitCodes.FAILED,
        ("%s has no %s (expected: --topic and --group as the bus has them; its dead-letter topic"
                + " may come with the first dead letter)")
            .formatted(address, bus.options().deadLetterTopic(topic)));
  }

  @Override
  public void close() {
    var _ = bus.close(whole);
  }
}
