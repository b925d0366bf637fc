package dev.sluice.eventbus.core;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.DeadLetters;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads dead-letter topics page by page, and replays, on a virtual thread for each call. */
final class DeadLetterDesk implements DeadLetters {

  /** Of a page; a transport may have to connect for it, whatever publishing may take. */
  private static final Duration READING_TIME = Duration.ofSeconds(30);

  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int PAGE = 100;
  private static final int MOST_LISTED = 1000;
  private static final int MOST_REPLAYED = 100_000;
  private static final int MOST_UNSEEN = 10_000;

  private final BusOptions options;
  private final Transport transport;
  private final Publishing publishing;
  private final DeskThreads threads;
  private final UnseenNotes unseen;

  DeadLetterDesk(
      BusOptions options,
      Transport transport,
      Publishing publishing,
      DeskThreads threads,
      Clock clock) {
    this.options = options;
    this.transport = transport;
    this.publishing = publishing;
    this.threads = threads;
    this.unseen = new UnseenNotes(MOST_UNSEEN, clock);
  }

  @Override
  public CompletableFuture<List<DeadLetter>> list(String topic, @Nullable String from, int max) {
    return threads.run(
        () -> {
          checkTopic(topic);
          checkMax(max, MOST_LISTED);
          return list(topic, from, (long) max);
        });
  }

  private List<DeadLetter> list(String topic, @Nullable String from, long max)
      throws InterruptedException {
    List<DeadLetter> letters = new ArrayList<>();
    String position = from;
    while (letters.size() < max) {
      int wanted = (int) Math.min(PAGE, max - letters.size());
      List<InboundMessage> page = page(topic, position, wanted);
      if (page.isEmpty()) {
        break;
      }
      for (InboundMessage stored : page) {
        if (!DeadLetterHeaders.isNote(stored)) {
          letters.add(DeadLetterHeaders.read(stored, topic));
        }
      }
      position = page.getLast().position();
    }
    return letters;
  }

  @Override
  public CompletableFuture<Optional<DeadLetter>> find(String topic, String position) {
    return threads.run(
        () -> {
          checkTopic(topic);
          return find(topic, Position.parse(position));
        });
  }

  private Optional<DeadLetter> find(String topic, Position position) throws InterruptedException {
    List<InboundMessage> page;
    try {
      page = page(topic, position.before().text(), 1);
    } catch (EventBusException e) {
      throw e.category() == Category.INVALID_ARGUMENT ? position.refused() : e;
    }
    return page.stream()
        .filter(stored -> stored.position().equals(position.text()))
        .filter(stored -> !DeadLetterHeaders.isNote(stored))
        .map(stored -> DeadLetterHeaders.read(stored, topic))
        .findFirst();
  }

  @Override
  public CompletableFuture<Published> replay(DeadLetter letter) {
    return threads.run(
        () -> {
          checkTopic(letter.message().topic());
          return replayNow(letter);
        });
  }

  @Override
  public CompletableFuture<Replayed> replayAll(String topic, int max) {
    return threads.run(
        () -> {
          checkTopic(topic);
          checkMax(max, MOST_REPLAYED);
          return replayUnnoted(topic, max);
        });
  }

  private Replayed replayUnnoted(String topic, int max) throws InterruptedException {
    // Only what is there now: what fails again would otherwise be replayed again, and again.
    Set<String> waiting = unnoted(topic);
    int replayed = 0;
    List<InboundMessage> page = page(topic, null, PAGE);
    while (!page.isEmpty() && !waiting.isEmpty() && replayed < max) {
      for (InboundMessage stored : page) {
        if (replayed < max && waiting.remove(stored.position())) {
          replayNow(DeadLetterHeaders.read(stored, topic));
          replayed++;
        }
      }
      page = page(topic, page.getLast().position(), PAGE);
    }
    return new Replayed(replayed, waiting.size());
  }

  /** Positions; all partitions are read, as a note may be in any. */
  private Set<String> unnoted(String topic) throws InterruptedException {
    Set<String> letters = new HashSet<>();
    Set<String> noted = new HashSet<>();
    List<InboundMessage> page = page(topic, null, PAGE);
    while (!page.isEmpty()) {
      for (InboundMessage stored : page) {
        if (DeadLetterHeaders.isNote(stored)) {
          noted.add(DeadLetterHeaders.noted(stored));
        } else {
          letters.add(stored.position());
        }
      }
      page = page(topic, page.getLast().position(), PAGE);
    }
    letters.removeAll(noted);
    letters.removeAll(unseen.besides(topic, noted));
    return letters;
  }

  private Published replayNow(DeadLetter letter) throws InterruptedException {
    String topic = letter.message().topic();
    // A publication ends on its own, and says more of how than the end of this wait would.
    Duration time = options.publishTimeout().plus(GRACE);
    Published published =
        await(publishing.publishOwn(topic, DeadLetterHeaders.replay(letter)), time);
    await(
        publishing.publishOwn(options.deadLetterTopic(topic), DeadLetterHeaders.note(letter)),
        time);
    unseen.add(topic, letter.position());
    return published;
  }

  private List<InboundMessage> page(String topic, @Nullable String from, int max)
      throws InterruptedException {
    return await(transport.browse(options.deadLetterTopic(topic), from, max), READING_TIME);
  }

  private static <T> T await(CompletionStage<T> stage, Duration time) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(time.toMillis() + 1, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw EventBusException.of(Category.TIMEOUT, "no answer within " + time, e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof EventBusException known
          ? known
          : EventBusException.of(Category.INTERNAL, String.valueOf(e.getCause()), e.getCause());
    }
  }

  private void checkTopic(String topic) {
    if (options.topics().isEmpty()) {
      var unused = BusOptions.of(options.group(), topic); // Checks the name.
    } else if (!options.topics().contains(topic)) {
      throw EventBusException.invalid("topic", topic, "one of " + options.topics());
    }
  }

  private static void checkMax(int max, int limit) {
    if (max < 1 || max > limit) {
      throw EventBusException.invalid("max", max, "1 to " + limit);
    }
  }
}
