package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.core.ConsumerProgram.Task;
import dev.sluice.eventbus.core.ConsumerProgram.Work;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Members that are programs of their own: one that is killed, and one with little memory. A class
 * that extends this one has a {@code main}, which runs {@link ConsumerProgram} with its {@link
 * #connect}.
 */
public abstract class CrashContract extends ContractFixture {

  /** How many messages wait; with a million, the program has more memory, and longer. */
  private static final int BACKLOG = Integer.getInteger("sluice.backlog", 60_000);

  private static final boolean LONG = BACKLOG >= 1_000_000;
  private static final int BODY = 1000;
  private static final int PUBLISHED_AT_A_TIME = 2000;

  /** Those of the poison's key: itself, and two of those behind it. */
  private static final List<Integer> POISONED = List.of(ConsumerProgram.POISON, 500, 900);

  private static final int SOUND = ConsumerProgram.POISON + 1000;
  private static final int MESSAGES = SOUND + POISONED.size();

  /** Where the broker is, for {@link #connect}. */
  protected abstract String server();

  /**
   * Has a group do without its members, which were all killed, at once: otherwise it waits for as
   * long as they may be silent, which here is longer than a busy machine lets them stand still.
   */
  protected void forgetMembers(String group) throws Exception {}

  /** A transport to it, not started; called in both programs. */
  protected abstract Transport connect(String server, BusOptions options, Ledger ledger);

  @Override
  protected final Transport transport(BusOptions options, String member, Ledger ledger) {
    return connect(server(), options, ledger);
  }

  @Test
  protected void whatFailedComesAgainAfterAKillAlthoughAThousandBehindItWereHandled()
      throws Exception {
    List<Work> works =
        Stream.of(Task.values()).filter(task -> task != Task.DRAIN).map(this::poisoned).toList();
    List<String> topics = works.stream().map(Work::topic).toList();
    BusOptions options = options(newName("g"), topics);
    makeTopics(topics.stream().map(options::deadLetterTopic).toList(), 1);
    EventBus publisher = start(options(newName("p"), List.of())).bus();
    for (String topic : topics) {
      fill(publisher, topic, MESSAGES, CrashContract::maybePoison);
    }

    try (ChildProgram child = program(options.group(), 16 << 20, works, List.of())) {
      assertThat(child.await("handled=", patience()))
          .isEqualTo(String.join(" ", works.stream().map(Work::done).toList()));
      child.kill();
    }
    forgetMembers(options.group());

    Member heir = start(options);
    Map<Task, Handled> again = new EnumMap<>(Task.class);
    for (Work work : works) {
      again.put(work.task(), consume(heir.bus(), work));
      publish(publisher, work.topic(), ConsumerProgram.POISONED, MESSAGES, 1);
    }
    for (Work work : works) {
      assertComesAgain(heir.bus(), work, Objects.requireNonNull(again.get(work.task())));
    }
  }

  private Work poisoned(Task task) {
    String topic = newTopics(1, 1).getFirst();
    return new Work(task, topic, SOUND, task == Task.DEAD_LETTER ? POISONED.size() - 1 : 0);
  }

  private static OutboundMessage maybePoison(int number) {
    return numbered(
        POISONED.contains(number) ? ConsumerProgram.POISONED : "k" + number % 50, number);
  }

  /** As the program does, but what was tried for ever succeeds, and there are dead letters. */
  private static Handled consume(EventBus bus, Work work) {
    var handled = new Handled();
    bus.subscribe(
        work.topic(),
        SubscribeOptions.of(work.task().policy()),
        message -> {
          if (work.task() != Task.RETRY && Handled.number(message) == ConsumerProgram.POISON) {
            throw new IllegalStateException("poison");
          }
          handled.handle(message);
        });
    return handled;
  }

  private void assertComesAgain(EventBus heir, Work work, Handled again) {
    List<Integer> unresolved = new ArrayList<>();
    if (work.task() == Task.RETRY) {
      unresolved.addAll(POISONED);
    } else if (work.behind() == 0) {
      unresolved.addAll(POISONED.subList(1, POISONED.size()));
    }
    unresolved.add(MESSAGES);
    patiently()
        .untilAsserted(
            () ->
                assertThat(again.of(ConsumerProgram.POISONED))
                    .as(work.task().name())
                    .endsWith(MESSAGES));
    if (work.task() == Task.DEAD_LETTER) {
      // What was handled last before the kill may not have been committed.
      assertThat(again.of(ConsumerProgram.POISONED)).isSorted().containsAll(unresolved);
    } else {
      assertThat(again.of(ConsumerProgram.POISONED)).as(work.task().name()).isEqualTo(unresolved);
    }
    if (work.task() != Task.RETRY) {
      List<DeadLetter> letters =
          patiently()
              .until(
                  () -> heir.deadLetters().list(work.topic(), null, 10).join(),
                  there -> !there.isEmpty());
      assertThat(letters)
          .as(work.task().name())
          .allSatisfy(
              letter ->
                  assertThat(letter.message().body())
                      .asString(StandardCharsets.UTF_8)
                      .isEqualTo(Integer.toString(ConsumerProgram.POISON)));
    }
  }

  @Test
  protected void aBacklogLargerThanTheMemoryIsConsumed() throws Exception {
    String topic = newTopics(1, 3).getFirst();
    String group = newName("g");
    EventBus publisher = start(options(newName("p"), List.of())).bus();
    fill(publisher, topic, BACKLOG, CrashContract::kilobyte);
    List<Work> works = List.of(new Work(Task.DRAIN, topic, BACKLOG, 0));
    String heap = LONG ? "-Xmx256m" : "-Xmx48m";

    try (ChildProgram child =
        program(
            group, LONG ? SubscribeOptions.DEFAULT_MAX_BYTES : 16 << 20, works, List.of(heap))) {
      assertThat(child.await("handled=", patience().multipliedBy(LONG ? 20 : 2)))
          .isEqualTo(works.getFirst().done());
      String end = child.end(patience());
      System.out.println(BACKLOG + " messages of a kilobyte: " + end);
      assertThat(end).startsWith("clean");
    }

    Member heir = start(options(group, List.of(topic)));
    var rest = new Handled();
    heir.bus().subscribe(topic, SubscribeOptions.of(Task.DRAIN.policy()), rest::handle);
    // In every partition there is something behind the backlog.
    for (int i = 0; i < 30; i++) {
      publish(publisher, topic, "next" + i, BACKLOG, 1);
    }
    patiently().until(() -> IntStream.range(0, 30).noneMatch(i -> rest.of("next" + i).isEmpty()));
    assertThat(rest.count()).as("what comes again of what was handled, and 30").isEqualTo(30);
  }

  private static OutboundMessage kilobyte(int number) {
    byte[] body = ("%-" + BODY + "d").formatted(number).getBytes(StandardCharsets.UTF_8);
    return OutboundMessage.of("k" + number % 1000, body);
  }

  private ChildProgram program(String group, long bytes, List<Work> works, List<String> jvmOptions)
      throws Exception {
    return ChildProgram.start(
        getClass(), jvmOptions, ConsumerProgram.arguments(server(), group, bytes, works));
  }

  private void fill(EventBus publisher, String topic, int count, IntFunction<OutboundMessage> made)
      throws InterruptedException {
    var room = new Semaphore(PUBLISHED_AT_A_TIME);
    var failed = new AtomicReference<Throwable>();
    for (int i = 0; i < count; i++) {
      assertThat(room.tryAcquire(patience().toMillis(), TimeUnit.MILLISECONDS)).isTrue();
      var unused =
          publisher
              .publish(topic, made.apply(i))
              .whenComplete(
                  (published, failure) -> {
                    if (failure != null) {
                      failed.compareAndSet(null, failure);
                    }
                    room.release();
                  });
    }
    assertThat(room.tryAcquire(PUBLISHED_AT_A_TIME, patience().toMillis(), TimeUnit.MILLISECONDS))
        .isTrue();
    assertThat(failed).hasNullValue();
  }
}
