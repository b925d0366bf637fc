package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lane whose messages are answered when the test wants. */
class LaneTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final EventLoop loop = new DefaultEventLoop();
  private final List<Begun> begun = new CopyOnWriteArrayList<>();
  private final long start = System.nanoTime();

  private record Begun(long sequence, Lane.Answer answer) {}

  @AfterEach
  void endTheLoop() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void soManyAreUnderWayAndTheEndOfOneBeginsTheNext() {
    Window window = window(MINUTE, 5);
    Recordings recordings = new Recordings(window, Mode.SEND);
    Lane lane = lane(Pacing.atOnce(), window, recordings, 3, false);
    lane.look();
    await().atMost(PATIENCE).until(() -> begun.size() == 3);

    begun.get(1).answer.stored();
    begun.get(2).answer.stored();
    await().atMost(PATIENCE).until(() -> begun.size() == 5);
    assertThat(isDone(lane.ended())).as("five are wanted, three are under way").isFalse();
    begun.get(0).answer.stored();
    begun.get(3).answer.stored();
    begun.get(4).answer.stored();

    await().atMost(PATIENCE).until(() -> isDone(lane.ended()));
    assertThat(begun).hasSize(5).extracting(Begun::sequence).doesNotHaveDuplicates();
    assertThat(recordings.finished()).isEqualTo(5);
  }

  @Test
  void messagesAreDueAtTheirRateAndTheirLatenciesBeginThenHoweverSlowTheAnswersAre() {
    Window window = window(MINUTE, 21);
    Recordings recordings = new Recordings(window, Mode.SEND);
    // One is due each 10 ms, and only two may be under way.
    Lane lane = lane(new Schedule(start, start, 100, 0, 1), window, recordings, 2, false);
    lane.look();
    await().atMost(PATIENCE).until(() -> begun.size() == 2);

    await().atMost(PATIENCE).until(() -> System.nanoTime() - start > SECOND / 2);
    for (int i = 0; i < 21; i++) {
      int number = i;
      await().atMost(PATIENCE).until(() -> begun.size() > number);
      begun.get(i).answer.stored();
    }

    await().atMost(PATIENCE).until(() -> isDone(lane.ended()));
    Latencies sends = recordings.sends();
    assertThat(sends.count()).isEqualTo(21);
    assertThat(sends.max()).as("due at once").isGreaterThan(499);
    // Due after 100 ms, and answered at once after its begin.
    assertThat(sends.percentile(50)).as("due in the middle").isGreaterThan(399);
    assertThat(recordings.lateness().percentile(50)).as("begun late").isGreaterThan(399);
  }

  @Test
  void whatIsDueAndHasNotBegunAtTheEndCountsAsThatLate() {
    Window window = window(SECOND / 2, Long.MAX_VALUE);
    Recordings recordings = new Recordings(window, Mode.SEND);
    Lane lane = lane(new Schedule(start, start, 100, 0, 1), window, recordings, 1, false);
    lane.look();
    await().atMost(PATIENCE).until(() -> begun.size() == 1);
    await().atMost(PATIENCE).until(() -> System.nanoTime() - window.end() > SECOND / 2);
    begun.getFirst().answer.stored();

    lane.close().toCompletableFuture().join();

    assertThat(begun).hasSize(1);
    assertThat(recordings.unsent()).isEqualTo(49);
    Latencies sends = recordings.sends();
    assertThat(sends.count()).as("the one that is stored, and those").isEqualTo(50);
    assertThat(sends.percentile(50)).as("due half-way to the end").isBetween(200.0, 300.0);
  }

  @Test
  void whatIsNotAnsweredOrNotDeliveredBeforeTheEndHasFailed() {
    Window window = window(MINUTE, Long.MAX_VALUE);
    Recordings recordings = new Recordings(window, Mode.SEND_RECEIVE);
    Lane lane = lane(Pacing.atOnce(), window, recordings, 4, true);
    lane.look();
    await().atMost(PATIENCE).until(() -> begun.size() == 4);
    window.endAt(System.nanoTime());

    begun.get(0).answer.stored();
    begun.get(1).answer.refused("OVERLOADED", "later");
    lane.delivered(begun.get(2).sequence, System.nanoTime());
    lane.close().toCompletableFuture().join();

    assertThat(recordings.failures().all())
        .extracting(failure -> failure.step() + " " + failure.code() + " " + failure.count())
        .containsExactlyInAnyOrder(
            "send OVERLOADED 1", "receive NOT_DELIVERED 1", "send NO_ANSWER 2");
    assertThat(recordings.finished()).isZero();
    assertThat(isDone(lane.ended())).isTrue();
  }

  @Test
  void whereMessagesAreReceivedBothAreWaitedForInEitherOrder() {
    Window window = window(MINUTE, 2);
    Recordings recordings = new Recordings(window, Mode.SEND_RECEIVE);
    Lane lane = lane(Pacing.atOnce(), window, recordings, 2, true);
    lane.look();
    await().atMost(PATIENCE).until(() -> begun.size() == 2);

    begun.get(0).answer.stored();
    lane.delivered(begun.get(1).sequence, System.nanoTime());
    assertThat(isDone(lane.ended())).isFalse();
    begun.get(1).answer.stored();
    lane.delivered(begun.get(0).sequence, System.nanoTime());
    lane.delivered(begun.get(0).sequence, System.nanoTime());

    await().atMost(PATIENCE).until(() -> isDone(lane.ended()));
    assertThat(recordings.finished()).isEqualTo(2);
    await().atMost(PATIENCE).until(() -> recordings.repeats() == 1);
    assertThat(recordings.deliveries().count()).isEqualTo(2);
    assertThat(recordings.sends().count()).isEqualTo(2);
  }

  @Test
  void aRefusalMakesRoomForTheNextOne() {
    Window window = window(MINUTE, 2);
    Recordings recordings = new Recordings(window, Mode.SEND);
    Lane lane = lane(Pacing.atOnce(), window, recordings, 1, false);
    lane.look();
    await().atMost(PATIENCE).until(() -> begun.size() == 1);

    begun.getFirst().answer.refused("OVERLOADED", "later");
    await().atMost(PATIENCE).until(() -> begun.size() == 2);
    begun.get(1).answer.stored();

    await().atMost(PATIENCE).until(() -> isDone(lane.ended()));
    assertThat(recordings.failures().all())
        .containsExactly(new Failure("send", "OVERLOADED", 1, "later"));
    assertThat(recordings.finished()).isEqualTo(1);
  }

  private Window window(long nanos, long messages) {
    return new Window(start, start + nanos, OptionalLong.of(messages));
  }

  private Lane lane(
      Pacing pacing, Window window, Recordings recordings, int most, boolean receives) {
    Lane.Sending sending = (sequence, answer) -> begun.add(new Begun(sequence, answer));
    return new Lane(loop, sending, pacing, window, recordings, most, receives);
  }

  private static boolean isDone(CompletionStage<Void> stage) {
    return stage.toCompletableFuture().isDone();
  }
}
