package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.Subscription;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FakeClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a bus does with a transport, whatever that does. */
class TransportBusTest {

  private static final BusOptions OPTIONS =
      BusOptions.of("g", "t", "u").publishTimeout(Duration.ofSeconds(20)).publishing(3, 65_536);
  private static final Published PUBLISHED = new Published("t", "0", 7);

  private final HandTransport transport = new HandTransport();
  private final FakeClock clock = FakeClock.create();
  private EventBus bus;
  private Ledger ledger;

  @BeforeEach
  void start(Ledger checked) {
    ledger = checked;
    bus = TransportBus.over(transport, OPTIONS, checked, clock, clock);
    bus.start();
  }

  private CompletableFuture<Published> publish(int bytes) {
    return bus.publish("t", OutboundMessage.of("k", new byte[bytes]));
  }

  private static Category category(CompletableFuture<?> failed) throws InterruptedException {
    try {
      failed.get();
      throw new AssertionError("did not fail");
    } catch (ExecutionException e) {
      return e.getCause() instanceof EventBusException known
          ? known.category()
          : Category.NOT_FOUND;
    }
  }

  private void closeNow() {
    CompletableFuture<CloseReport> closing =
        bus.closeAsync(Deadline.after(Duration.ofSeconds(30), clock)).toCompletableFuture();
    for (int second = 0; second < 31 && !closing.isDone(); second++) {
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(closing).isDone();
  }

  @Test
  void anAnswerEndsAPublicationAndItsTimerIsGone() throws Exception {
    CompletableFuture<Published> published = publish(10);
    assertThat(bus.inspect().publishing()).isEqualTo(1);
    assertThat(bus.inspect().publishingBytes()).isGreaterThan(10);

    transport.handed(0).answer().complete(PUBLISHED);

    assertThat(published.get()).isEqualTo(PUBLISHED);
    assertThat(bus.inspect().publishing()).isZero();
    assertThat(bus.inspect().publishingBytes()).isZero();
    assertThat(bus.inspect().published()).isEqualTo(1);
    assertThat(clock.pending()).isZero();
    closeNow();
  }

  @Test
  void theTransportHasALittleLessTimeAndWhatComesLateIsDropped() throws Exception {
    CompletableFuture<Published> published = publish(10);
    assertThat(transport.handed(0).deadline().remaining()).isEqualTo(Duration.ofMillis(19_500));

    clock.advance(Duration.ofMillis(19_999));
    assertThat(published).isNotDone();
    clock.advance(Duration.ofMillis(1));

    assertThat(category(published)).isEqualTo(Category.UNKNOWN_OUTCOME);
    transport.handed(0).answer().complete(PUBLISHED);
    assertThat(category(published)).isEqualTo(Category.UNKNOWN_OUTCOME);
    assertThat(bus.inspect().publishFailures()).isEqualTo(1);
    assertThat(bus.inspect().published()).isZero();
    closeNow();
  }

  @Test
  void moreMessagesThanAreAllowedAreRefusedUntilOneEnds() throws Exception {
    List<CompletableFuture<Published>> three =
        new ArrayList<>(List.of(publish(1), publish(1), publish(1)));

    assertThat(category(publish(1))).isEqualTo(Category.OVERLOADED);
    assertThat(transport.handedCount()).isEqualTo(3);
    transport.handed(1).answer().complete(PUBLISHED);
    three.add(publish(1));

    assertThat(transport.handedCount()).isEqualTo(4);
    closeNow();
    for (CompletableFuture<Published> each : three) {
      // On a thread of its own, so that what hangs on it holds up nobody.
      assertThat(each.exceptionally(failure -> PUBLISHED)).succeedsWithin(Duration.ofSeconds(30));
    }
  }

  @Test
  void soAreMoreBytesAndOneThatIsTooLargeGoesAlone() throws Exception {
    CompletableFuture<Published> large = publish(1 << 20);
    assertThat(transport.handedCount()).isEqualTo(1);

    assertThat(category(publish(1))).isEqualTo(Category.OVERLOADED);
    transport.handed(0).answer().complete(PUBLISHED);
    assertThat(large.get()).isEqualTo(PUBLISHED);
    assertThat(publish(1)).isNotDone();
    closeNow();
  }

  @Test
  void whatAProgramDoesWithItsFutureChangesNothing() {
    CompletableFuture<Published> cancelled = publish(10);
    cancelled.cancel(true);

    assertThat(bus.inspect().publishing()).isEqualTo(1);
    transport.handed(0).answer().complete(PUBLISHED);
    assertThat(bus.inspect().publishing()).isZero();
    closeNow();
  }

  @Test
  void whatHangsOnAFutureMayBlockWithoutHoldingUpTheTransport() throws Exception {
    var release = new CountDownLatch(1);
    var ran = new CountDownLatch(1);
    var blocking =
        publish(10)
            .thenRun(
                () -> {
                  awaitQuietly(release);
                  ran.countDown();
                });

    // Returns although what hangs on it does not.
    transport.handed(0).answer().complete(PUBLISHED);
    assertThat(blocking).isNotDone();

    release.countDown();
    ran.await();
    closeNow();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aTransportThatThrowsOrAnswersWithNothingFailsThePublication() throws Exception {
    CompletableFuture<Published> nothing = publish(1);
    transport.handed(0).answer().complete(null);
    assertThat(category(nothing)).isEqualTo(Category.INTERNAL);

    CompletableFuture<Published> failed = publish(1);
    transport.handed(1).answer().completeExceptionally(new IOException("cut"));
    assertThat(category(failed)).isEqualTo(Category.INTERNAL);

    transport.failWith(new IllegalStateException("broken"));
    assertThat(category(publish(1))).isEqualTo(Category.INTERNAL);
    transport.failWith(EventBusException.of(Category.UNAUTHENTICATED, "no"));
    assertThat(category(publish(1))).isEqualTo(Category.UNAUTHENTICATED);
    assertThat(bus.inspect().publishing()).isZero();
    closeNow();
  }

  @Test
  void whatIsOutOfBoundsNeverReachesTheTransport() throws Exception {
    assertThat(category(bus.publish("no topic", OutboundMessage.of(new byte[1]))))
        .isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(category(bus.publish("t", OutboundMessage.of("a b", new byte[1]))))
        .isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(
            category(
                bus.publish("t", new OutboundMessage(null, new byte[1], Map.of("sluice-x", "")))))
        .isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(transport.handedCount()).isZero();
    closeNow();
  }

  @Test
  void aCloseWaitsForPublicationsAFifthOfItsTimeAndThenFailsThem() throws Exception {
    CompletableFuture<Published> answered = publish(1);
    CompletableFuture<Published> hanging = publish(1);
    var closing =
        bus.closeAsync(Deadline.after(Duration.ofSeconds(10), clock)).toCompletableFuture();
    assertThat(category(publish(1))).isEqualTo(Category.UNAVAILABLE);
    transport.handed(0).answer().complete(PUBLISHED);
    assertThat(answered.get()).isEqualTo(PUBLISHED);
    assertThat(closing).isNotDone();

    clock.advance(Duration.ofMillis(1_800));
    assertThat(hanging).isNotDone();
    clock.advance(Duration.ofMillis(300));

    assertThat(category(hanging)).isEqualTo(Category.UNKNOWN_OUTCOME);
    assertThat(closing.get().unfinished()).containsExactly("publications");
    assertThat(transport.calls()).containsExactly("start", "close");
  }

  @Test
  void topicsAreQuiescedBeforeTheTransportIsClosedAndNotDetached() {
    bus.subscribe("t", how(), message -> {});
    closeNow();

    assertThat(transport.calls()).containsExactly("start", "attach t", "quiesce t", "close");
  }

  private static SubscribeOptions how() {
    return SubscribeOptions.of(FailurePolicy.deadLetter(1, Backoff.standard()));
  }

  @Test
  void aSubscriptionIsDetachedWhenItIsClosedAndItsTopicIsFreeAgain() {
    Subscription first = bus.subscribe("t", how(), message -> {});
    assertThat(first.close(Duration.ofSeconds(5)).clean()).isTrue();
    bus.subscribe("t", how(), message -> {});
    closeNow();

    assertThat(transport.calls())
        .containsExactly(
            "start", "attach t", "quiesce t", "detach t", "attach t", "quiesce t", "close");
  }

  @Test
  void aStartThatFailsLeavesNothingBehind() {
    var broken = new HandTransport();
    broken.failWith(new IllegalStateException("no"));
    EventBus failing = TransportBus.over(broken, OPTIONS, ledger, clock, clock);

    assertThatThrownBy(failing::start).hasMessage("no");
    assertThat(ledger.open("event bus")).isEqualTo(1);
    assertThatThrownBy(failing::start).isInstanceOf(IllegalStateException.class);
    assertThat(failing.close(Duration.ofSeconds(1)).clean()).isTrue();
    assertThat(broken.calls()).containsExactly("start");
    closeNow();
  }

  @Test
  void aBusThatWasNeverStartedClosesWithoutItsTransport() {
    var idle = new HandTransport();
    EventBus unstarted = TransportBus.over(idle, OPTIONS, ledger, clock, clock);
    unstarted.subscribe("t", how(), message -> {});

    assertThat(unstarted.close(Duration.ofSeconds(1)).clean()).isTrue();
    assertThat(idle.calls()).isEmpty();
    assertThatThrownBy(unstarted::start).isInstanceOf(IllegalStateException.class);
    closeNow();
  }

  /** Programs that do not use this library have other bounds, and their messages fail too. */
  @Test
  void aDeadLetterMayBeWhatCouldNotBePublished() {
    bus.subscribe(
        "t",
        how(),
        message -> {
          throw new IllegalStateException("a\nb \uD83D" + "x".repeat(2000));
        });

    transport.deliver(
        "t", 5, "a key with spaces", Map.of("odd header:", "\u0001", "sluice-y", "z"));

    await().until(() -> transport.handedCount() == 1);
    var letter = transport.handed(0);
    assertThat(letter.topic()).isEqualTo("t-g-dlq");
    assertThat(letter.message().key()).isEqualTo("a key with spaces");
    assertThat(letter.message().headers())
        .containsEntry("odd header:", "\u0001")
        .containsEntry("sluice-y", "z")
        .containsEntry("sluice-dead-letter-topic", "t")
        .containsEntry("sluice-dead-letter-offset", "5")
        .containsEntry("sluice-dead-letter-attempts", "1")
        .containsEntry("sluice-dead-letter-group", "g")
        .containsEntry("sluice-dead-letter-failed-at", "2026-01-01T12:00:00Z")
        .hasEntrySatisfying(
            "sluice-dead-letter-reason",
            reason -> assertThat(reason).hasSize(1024).contains("a b  x").doesNotContain("\n"));
    letter.answer().complete(PUBLISHED);
    await().until(() -> bus.inspect().subscriptions().getFirst().deadLettered() == 1);
    closeNow();
  }

  @Test
  void aReplayWithoutAnAnswerSaysThatItsOutcomeIsUnknown() throws Exception {
    var message = new InboundMessage("t", "0", 1, "k", new byte[1], Map.of(), Instant.EPOCH, 1);
    var letter = new DeadLetter(message, "0@9", "g", 1, "why", Instant.EPOCH, 2);

    CompletableFuture<Published> replayed = bus.deadLetters().replay(letter);
    await().until(() -> transport.handedCount() == 1);
    assertThat(transport.handed(0).message().headers())
        .containsExactly(Map.entry("sluice-replays", "3"));
    clock.advance(Duration.ofSeconds(20));

    assertThat(category(replayed)).isEqualTo(Category.UNKNOWN_OUTCOME);
    assertThat(transport.handedCount()).isEqualTo(1);
    closeNow();
  }

  @Test
  void questionsForDeadLettersAreBoundedAndEndWithTheBus() throws Exception {
    List<CompletableFuture<?>> asked = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      asked.add(bus.deadLetters().list("t", null, 1));
    }
    assertThat(category(bus.deadLetters().list("t", null, 1))).isEqualTo(Category.OVERLOADED);
    assertThat(asked).allSatisfy(each -> assertThat(each).isNotDone());

    closeNow();

    for (CompletableFuture<?> each : asked) {
      assertThat(category(each)).isEqualTo(Category.UNAVAILABLE);
    }
  }
}
