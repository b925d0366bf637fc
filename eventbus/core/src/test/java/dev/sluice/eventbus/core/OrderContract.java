package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.ParkedMessage;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.Subscription;
import dev.sluice.testkit.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Order within a key, what holds it up, and what does not. */
public abstract class OrderContract extends ContractFixture {

  /** Two of one hash, one of the lowest hash there is, and others. */
  private static final List<String> KEYS =
      List.of("Aa", "BB", "polygenelubricants", "order:1", "order/2", "c_3.x-y");

  /** Tried at once, as often as it takes. */
  protected static final FailurePolicy UNTIL_IT_WORKS =
      FailurePolicy.retry(new Backoff(Duration.ofMillis(1), 2, Duration.ofMillis(50)));

  @Test
  protected void keysKeepTheirOrderWhenHandlersFailAtRandom(Seeds seeds) {
    List<String> topics = newTopics(1, 3);
    String topic = topics.getFirst();
    EventBus bus = start(options(newName("g"), topics)).bus();
    var handled = new Handled();
    bus.subscribe(
        topic,
        SubscribeOptions.of(UNTIL_IT_WORKS),
        message -> {
          handled.begin(message);
          boolean fails;
          synchronized (seeds) {
            fails = seeds.chance(30);
          }
          handled.end(message, !fails);
          if (fails) {
            throw new IllegalStateException("as drawn");
          }
        });

    KEYS.forEach(key -> publish(bus, topic, key, 0, 40));

    patiently().until(() -> handled.count() >= 40 * KEYS.size());
    KEYS.forEach(key -> handled.assertInOrder(key, 40));
    handled.assertNoOverlap();
    assertThat(bus.inspect().subscriptions().getFirst().retries()).isPositive();
  }

  @Test
  protected void poisonHoldsUpItsKeyAloneAndComesAgainToTheNextProcess() {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    String group = newName("g");
    Member first = start(options(group, topics));
    publish(first.bus(), topic, "poisoned", 0, 3);
    publish(first.bus(), topic, "sound", 0, 300);
    var handled = new Handled();
    Subscription subscription =
        first
            .bus()
            .subscribe(
                topic,
                SubscribeOptions.of(UNTIL_IT_WORKS),
                message -> {
                  if ("poisoned".equals(message.key()) && Handled.number(message) == 1) {
                    throw new IllegalStateException("poison");
                  }
                  handled.handle(message);
                });

    // Whose handlers run beside each other.
    patiently().until(() -> handled.of("sound").size() == 300 && !handled.of("poisoned").isEmpty());
    assertThat(handled.of("poisoned")).containsExactly(0);
    assertThat(subscription.parked()).isEmpty();
    first.bus().close(patience());

    Member second = start(options(group, topics));
    var again = new Handled();
    second.bus().subscribe(topic, SubscribeOptions.of(UNTIL_IT_WORKS), again::handle);
    patiently().until(() -> again.of("poisoned").equals(List.of(1, 2)));
    assertThat(again.of("sound")).isSubsetOf(handled.of("sound"));
  }

  @Test
  protected void aParkedKeyWaitsForSomebodyAndOthersGoOn() {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    EventBus bus = start(options(newName("g"), topics)).bus();
    var mended = new AtomicBoolean();
    var handled = new Handled();
    Subscription subscription =
        bus.subscribe(
            topic,
            SubscribeOptions.of(FailurePolicy.park(2, Backoff.fixed(Duration.ofMillis(1)))),
            message -> {
              if ("a".equals(message.key()) && !mended.get()) {
                throw new IllegalStateException("not yet");
              }
              handled.handle(message);
            });
    publish(bus, topic, "a", 0, 2);
    publish(bus, topic, "b", 0, 5);

    patiently().until(() -> handled.of("b").size() == 5 && subscription.parked().size() == 1);
    ParkedMessage parked = subscription.parked().getFirst();
    assertThat(parked.key()).isEqualTo("a");
    assertThat(parked.attempts()).isEqualTo(2);
    assertThat(parked.reason()).contains("not yet");
    mended.set(true);
    assertThat(subscription.retry(parked)).isTrue();

    patiently().until(() -> handled.of("a").equals(List.of(0, 1)));
    assertThat(subscription.parked()).isEmpty();
  }

  @Test
  protected void aStalledPartitionGoesOnBehindWhatIsSkipped() {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    EventBus bus = start(options(newName("g"), topics)).bus();
    var handled = new Handled();
    publish(bus, topic, "a", 0, 1);
    publish(bus, topic, "b", 0, 3);
    Subscription subscription =
        bus.subscribe(
            topic,
            SubscribeOptions.of(FailurePolicy.stall(1, Backoff.standard())).concurrency(1),
            message -> {
              if ("a".equals(message.key())) {
                throw new IllegalStateException("never");
              }
              handled.handle(message);
            });

    patiently().until(() -> subscription.parked().size() == 1);
    ParkedMessage stalled = subscription.parked().getFirst();
    assertThat(stalled.wholePartition()).isTrue();
    assertThat(subscription.skip(stalled)).isTrue();

    patiently().until(() -> handled.of("b").size() == 3);
    assertThat(handled.of("a")).isEmpty();
    assertThat(subscription.skip(stalled)).isFalse();
  }

  @Test
  protected void aTopicThatGetsItsHandlerLateHasLostNothingAndNothingIsRebalanced() {
    List<String> topics = newTopics(2, 2);
    EventBus bus = start(options(newName("g"), topics)).bus();
    var early = new Handled();
    bus.subscribe(topics.get(0), SubscribeOptions.of(UNTIL_IT_WORKS), early::handle);
    publish(bus, topics.get(0), "k", 0, 5);
    publish(bus, topics.get(1), "k", 0, 5);
    patiently().until(() -> early.count() == 5);
    // The other topic's partitions may be given to it later.
    patiently()
        .until(
            () ->
                bus.inspect().held().stream().anyMatch(held -> held.topic().equals(topics.get(1))));
    long before = bus.inspect().rebalances();

    var late = new Handled();
    bus.subscribe(topics.get(1), SubscribeOptions.of(UNTIL_IT_WORKS), late::handle);
    publish(bus, topics.get(0), "k", 5, 5);
    publish(bus, topics.get(1), "k", 5, 5);

    patiently().until(() -> early.count() >= 10 && late.count() >= 10);
    early.assertInOrder("k", 10);
    late.assertInOrder("k", 10);
    assertThat(bus.inspect().rebalances()).isEqualTo(before);
  }

  @Test
  protected void aClosedSubscriptionLeavesOthersAloneAndTheNextOneGoesOnFromThere()
      throws InterruptedException {
    List<String> topics = newTopics(2, 1);
    EventBus bus = start(options(newName("g"), topics)).bus();
    var begun = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    Subscription closed =
        bus.subscribe(
            topics.get(0),
            SubscribeOptions.of(UNTIL_IT_WORKS),
            message -> {
              begun.countDown();
              awaitInterrupt(interrupted);
            });
    var others = new Handled();
    bus.subscribe(topics.get(1), SubscribeOptions.of(UNTIL_IT_WORKS), others::handle);
    publish(bus, topics.get(0), "k", 0, 3);
    begun.await();

    closed.close(Duration.ofSeconds(2));

    interrupted.await();
    publish(bus, topics.get(1), "k", 0, 5);
    patiently().until(() -> others.count() == 5);
    // Its close may have had too little time, and then goes on by itself.
    patiently().until(() -> bus.inspect().subscriptions().size() == 1);
    var next = new Handled();
    bus.subscribe(topics.get(0), SubscribeOptions.of(UNTIL_IT_WORKS), next::handle);
    patiently().until(() -> next.count() == 3);
    next.assertInOrder("k", 3);
    others.assertInOrder("k", 5);
  }

  private static void awaitInterrupt(CountDownLatch interrupted) throws InterruptedException {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  @Test
  protected void anAttemptThatOverrunsIsInterruptedAndTheNextOneComes() {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    EventBus bus = start(options(newName("g"), topics)).bus();
    var interrupted = new CountDownLatch(1);
    var attempts = new AtomicInteger();
    var handled = new Handled();
    bus.subscribe(
        topic,
        SubscribeOptions.of(UNTIL_IT_WORKS).handlerTimeout(Duration.ofMillis(50)),
        message -> {
          if (attempts.incrementAndGet() == 1) {
            awaitInterrupt(interrupted);
          }
          assertThat(message.attempt()).isEqualTo(2);
          handled.handle(message);
        });

    publish(bus, topic, "k", 0, 1);

    patiently().until(() -> handled.count() == 1);
    assertThat(interrupted.getCount()).isZero();
  }

  @Test
  protected void messagesArriveAsTheyWerePublished() {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    EventBus bus = start(options(newName("g"), topics)).bus();
    var got = new CopyOnWriteArrayList<InboundMessage>();
    bus.subscribe(topic, SubscribeOptions.of(UNTIL_IT_WORKS), got::add);
    byte[] body = {0, 1, (byte) 0xFF, (byte) 0x80, '\n'};
    var headers = Map.of("plain", "x", "With-Dash.and_dot", "Grüße, 世界 \uD83D\uDE00", "empty", "");

    var published = bus.publish(topic, new OutboundMessage("a/b:c-1._", body, headers));
    assertThat(published).succeedsWithin(patience());
    assertThat(bus.publish(topic, OutboundMessage.of(body))).succeedsWithin(patience());

    patiently().until(() -> got.size() == 2);
    InboundMessage first =
        got.stream().filter(message -> message.key() != null).findFirst().orElseThrow();
    assertThat(first.key()).isEqualTo("a/b:c-1._");
    assertThat(first.body()).isEqualTo(body);
    assertThat(first.headers()).isEqualTo(headers);
    assertThat(first.attempt()).isEqualTo(1);
    assertThat(published.join().topic()).isEqualTo(topic);
    assertThat(got).extracting(InboundMessage::topic).containsOnly(topic);
    assertThat(got).extracting(InboundMessage::key).contains((String) null);
  }
}
