package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.CloudEvents;
import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.DeadLetters;
import dev.sluice.eventbus.DeadLetters.Replayed;
import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.PermanentFailureException;
import dev.sluice.eventbus.SubscribeOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of what fails as often as it may, and of what is no envelope. */
public abstract class DeadLetterContract extends OrderContract {

  private static final FailurePolicy TWICE =
      FailurePolicy.deadLetter(2, Backoff.fixed(Duration.ofMillis(1)));

  /** Once there are so many: a broker may show what it has stored a little later. */
  private List<DeadLetter> letters(EventBus bus, String topic, int count) {
    return patiently()
        .until(
            () -> bus.deadLetters().list(topic, null, 100).join(),
            letters -> letters.size() >= count);
  }

  @Test
  protected void whatFailsTwiceIsADeadLetterThatSaysWhy() {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    var options = options(newName("g"), topics);
    makeTopics(List.of(options.deadLetterTopic(topic)), 1);
    EventBus bus = start(options).bus();
    var handled = new Handled();
    bus.subscribe(
        topic,
        SubscribeOptions.of(TWICE),
        message -> {
          if (Handled.number(message) == 1) {
            throw new IllegalStateException("one too many");
          }
          handled.handle(message);
        });
    var headers = Map.of("kept", "as it is");
    publish(bus, topic, "k", 0, 1);
    var poison = new OutboundMessage("k", "1".getBytes(StandardCharsets.UTF_8), headers);
    assertThat(bus.publish(topic, poison)).succeedsWithin(patience());
    publish(bus, topic, "k", 2, 1);

    patiently().until(() -> handled.of("k").equals(List.of(0, 2)));
    List<DeadLetter> letters = letters(bus, topic, 1);
    assertThat(letters).hasSize(1);
    DeadLetter letter = letters.getFirst();
    assertThat(letter.message().topic()).isEqualTo(topic);
    assertThat(letter.message().key()).isEqualTo("k");
    assertThat(letter.message().body()).isEqualTo(poison.body());
    assertThat(letter.message().headers()).isEqualTo(headers);
    assertThat(letter.group()).isEqualTo(options.group());
    assertThat(letter.attempts()).isEqualTo(2);
    assertThat(letter.reason()).contains("one too many");
    assertThat(letter.replays()).isZero();
    assertThat(letter.failedAt()).isBetween(Instant.EPOCH, Instant.now().plusSeconds(60));
    assertThat(bus.inspect().subscriptions().getFirst().deadLettered()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  protected void withoutADeadLetterTopicAFailedMessageStaysAndOthersGoOn(
      FaultyTransport.Fault fault) {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    var options = options(newName("g"), topics).publishTimeout(Duration.ofMillis(500));
    String deadLetterTopic = options.deadLetterTopic(topic);
    makeTopics(List.of(deadLetterTopic), 1);
    Member member = start(options);
    EventBus bus = member.bus();
    publish(start(options(newName("g"), topics)).bus(), topic, "bad", 0, 2);
    publish(start(options(newName("g"), topics)).bus(), topic, "good", 0, 20);
    member.transport().fail(deadLetterTopic, fault);
    var handled = new Handled();
    bus.subscribe(
        topic,
        SubscribeOptions.of(TWICE),
        message -> {
          if ("bad".equals(message.key()) && Handled.number(message) == 0) {
            throw new PermanentFailureException("for good");
          }
          handled.handle(message);
        });

    patiently().until(() -> handled.of("good").size() == 20);
    assertThat(handled.of("bad")).isEmpty();
    assertThat(bus.inspect().subscriptions().getFirst().deadLettered()).isZero();
    member.transport().mend(deadLetterTopic);

    patiently().until(() -> handled.of("bad").equals(List.of(1)));
    // Where answers were lost it may be there more than once.
    List<DeadLetter> letters = letters(bus, topic, 1);
    assertThat(letters)
        .allSatisfy(letter -> assertThat(letter.reason()).contains("for good"))
        .allSatisfy(letter -> assertThat(letter.attempts()).isEqualTo(1));
  }

  @Test
  protected void deadLettersAreReplayedOnce() {
    List<String> topics = newTopics(1, 2);
    String topic = topics.getFirst();
    var options = options(newName("g"), topics);
    makeTopics(List.of(options.deadLetterTopic(topic)), 2);
    EventBus bus = start(options).bus();
    var broken = new AtomicBoolean(true);
    var handled = new Handled();
    bus.subscribe(
        topic,
        SubscribeOptions.of(TWICE),
        message -> {
          if (broken.get()) {
            throw new IllegalStateException("broken");
          }
          handled.handle(message);
        });
    publish(bus, topic, "a", 0, 3);
    publish(bus, topic, "b", 0, 3);
    patiently().until(() -> bus.deadLetters().list(topic, null, 10).join().size() == 6);
    broken.set(false);

    Replayed some = bus.deadLetters().replayAll(topic, 4).join();
    Replayed rest = bus.deadLetters().replayAll(topic, 100).join();
    Replayed none = bus.deadLetters().replayAll(topic, 100).join();

    assertThat(some).isEqualTo(new Replayed(4, 2));
    assertThat(rest).isEqualTo(new Replayed(2, 0));
    assertThat(none).isEqualTo(new Replayed(0, 0));
    patiently().until(() -> handled.count() >= 6);
    handled.assertInOrder("a", 3);
    handled.assertInOrder("b", 3);

    List<DeadLetter> letters = bus.deadLetters().list(topic, null, 10).join();
    assertThat(letters).hasSize(6);
    List<DeadLetter> behind = bus.deadLetters().list(topic, letters.get(1).position(), 3).join();
    assertThat(behind).isEqualTo(letters.subList(2, 5));
    assertThat(bus.deadLetters().replay(letters.getFirst())).succeedsWithin(patience());
    patiently().until(() -> handled.count() == 7);
  }

  @Test
  protected void whatFailsAgainAfterItsReplayIsNotReplayedOnAndOn() {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    var options = options(newName("g"), topics);
    makeTopics(List.of(options.deadLetterTopic(topic)), 1);
    EventBus bus = start(options).bus();
    bus.subscribe(
        topic,
        SubscribeOptions.of(TWICE),
        message -> {
          throw new PermanentFailureException("for good");
        });
    publish(bus, topic, "a", 0, 20);
    patiently().until(() -> bus.deadLetters().list(topic, null, 100).join().size() == 20);

    assertThat(bus.deadLetters().replayAll(topic, 1000).join()).isEqualTo(new Replayed(20, 0));

    patiently().until(() -> bus.deadLetters().list(topic, null, 100).join().size() == 40);
    assertThat(bus.deadLetters().replayAll(topic, 5).join()).isEqualTo(new Replayed(5, 15));
  }

  @Test
  protected void aBusWithoutTopicsLooksAfterDeadLettersAndTakesNothingFromMembers() {
    List<String> topics = newTopics(1, 2);
    String topic = topics.getFirst();
    var options = options(newName("g"), topics);
    makeTopics(List.of(options.deadLetterTopic(topic)), 1);
    EventBus bus = start(options).bus();
    var broken = new AtomicBoolean(true);
    var handled = new Handled();
    bus.subscribe(
        topic,
        SubscribeOptions.of(TWICE),
        message -> {
          if (broken.get()) {
            throw new IllegalStateException("broken");
          }
          handled.handle(message);
        });
    publish(bus, topic, "a", 0, 2);
    publish(bus, topic, "b", 0, 2);
    patiently().until(() -> bus.deadLetters().list(topic, null, 10).join().size() == 4);
    broken.set(false);
    List<DeadLetter> letters = bus.deadLetters().list(topic, null, 10).join();
    long rebalances = bus.inspect().rebalances();

    DeadLetters desk = start(options(options.group(), List.of())).bus().deadLetters();

    // Its connection may not be there at once.
    patiently()
        .ignoreExceptions()
        .until(() -> desk.list(topic, null, 10).join(), Predicate.isEqual(letters));
    for (DeadLetter letter : letters) {
      assertThat(desk.find(topic, letter.position()).join()).contains(letter);
    }
    assertThat(desk.replay(letters.getLast())).succeedsWithin(patience());
    String note = behind(letters.getLast().position(), 1);
    assertThat(desk.find(topic, note).join()).as("the note at %s", note).isEmpty();
    assertThat(desk.find(topic, behind(note, 1000)).join()).isEmpty();
    assertThatThrownBy(() -> desk.find(topic, "nowhere").join())
        .hasMessageContaining("position: nowhere (expected: ");
    assertThatThrownBy(() -> desk.list("not a name", null, 10).join())
        .hasMessageContaining("topic: not a name (expected: ");
    assertThat(desk.replayAll(topic, 10).join()).isEqualTo(new Replayed(3, 0));

    patiently().until(() -> handled.count() == 4);
    assertThat(bus.inspect().rebalances()).as("nothing was taken away").isEqualTo(rebalances);
  }

  private static String behind(String position, int more) {
    int at = position.lastIndexOf('@') + 1;
    return position.substring(0, at) + (Long.parseLong(position, at, position.length(), 10) + more);
  }

  @Test
  protected void envelopesArriveEqualAndWhatIsNoneIsDeadLettered() {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    var options = options(newName("g"), topics);
    makeTopics(List.of(options.deadLetterTopic(topic)), 1);
    EventBus bus = start(options).bus();
    var got = new CopyOnWriteArrayList<Envelope>();
    bus.subscribeEnvelope(
        topic,
        SubscribeOptions.of(TWICE),
        (envelope, message) -> {
          assertThat(message.key()).isEqualTo(envelope.aggregateId());
          got.add(envelope);
        });
    byte[] json = "{\"total\": 12.50, \"items\":[1, 2]}".getBytes(StandardCharsets.UTF_8);
    Envelope first =
        Envelope.json("order:1", "order.placed", 1, json)
            .traceId("0af7651916cd43dd8448eb211c80319c")
            .correlationId("cart-7")
            .tenantId("Zürich");
    Envelope second = Envelope.of("order:1", "order.paid", Long.MAX_VALUE, new byte[] {0, -1, 5});
    assertThat(bus.publishEnvelope(topic, first)).succeedsWithin(patience());
    assertThat(bus.publish(topic, OutboundMessage.of("order:1", new byte[] {'{'})))
        .succeedsWithin(patience());
    byte[] withoutSubject =
        new String(CloudEvents.write(first, "test"), StandardCharsets.UTF_8)
            .replace("\"subject\"", "\"object\"")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(bus.publish(topic, OutboundMessage.of("order:1", withoutSubject)))
        .succeedsWithin(patience());
    assertThat(bus.publishEnvelope(topic, second)).succeedsWithin(patience());

    patiently().until(() -> got.size() == 2);
    assertThat(got).containsExactly(first, second);
    List<DeadLetter> letters = letters(bus, topic, 2);
    assertThat(letters).hasSize(2);
    assertThat(letters).extracting(DeadLetter::attempts).containsOnly(1);
    assertThat(letters.get(0).reason()).contains("one JSON object");
    assertThat(letters.get(1).reason()).contains("subject: missing");
  }
}
