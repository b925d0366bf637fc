package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.buffer;
import static dev.sluice.gateway.core.StreamFixture.unacknowledged;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.MemoryPeers;
import dev.sluice.gateway.deliveries.SealedHandle;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries of an instance that is out of reach, gone or back, acknowledged through another. */
class HolderAwayTest extends TwoInstances {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHolderOutOfReachIsDoneWithoutForAsLongAsItsHandleIsTheNewest(boolean silent) {
    // given
    Scene scene = streamAt(a, 1);
    if (silent) {
      peers.silence(A);
    } else {
      peers.cut(A);
    }

    // when
    var outcome = b.ack(scene.there(), scene.handles().getFirst());
    loops.advance(MemoryPeers.PATIENCE);

    // then
    outcome.succeeded();
    assertThat(unacknowledged(a)).isZero();
    assertThat(b.count(Counter.FORWARD_FAILURES)).isOne();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterThatItsUserIsToldThatTheMessageComesAgain(boolean silent) {
    // given
    Scene scene = streamAt(a, 1);
    loops.advance(INVISIBLE);
    if (silent) {
      peers.silence(A);
    } else {
      peers.cut(A);
    }

    // when
    var acknowledged = b.ack(scene.there(), scene.handles().getFirst());
    var retried = retry(scene.there(), scene.handles().getFirst(), Duration.ZERO);
    loops.advance(MemoryPeers.PATIENCE.multipliedBy(2));

    // then
    for (GatewayException failure : List.of(acknowledged.failure(), retried.failure())) {
      assertThat(failure)
          .hasMessageStartingWith(
              "handle of a gateway that does not answer: the message comes again");
      assertThat(failure.subject()).isEqualTo(Subject.HANDLE);
      assertThat(failure.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
    }
    assertThat(b.count(Counter.HANDLES_REFUSED)).isEqualTo(2);
    assertThat(unacknowledged(a)).isOne();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHolderThatIsBackInReachLearnsWhatWasAcknowledgedWithoutIt(boolean renewedMeanwhile) {
    // given
    Scene scene = streamAt(a, 2);
    peers.cut(A);
    b.ack(scene.there(), scene.handles().getFirst()).succeeded();
    assertThat(scene.sink().take()).as("without credit").isEmpty();
    if (renewedMeanwhile) {
      loops.advance(INVISIBLE);
      assertThat(a.count(Counter.RENEWALS)).isPositive();
    }

    // when
    peers.restore();
    loops.advance(Duration.ofSeconds(3));

    // then its stream goes on, and nothing of it is seen again
    var next = scene.sink().take();
    assertThat(next).hasSize(1);
    assertThat(next.getFirst().delivery().attempt()).isOne();
    a.ack(scene.consumer().lease(), next.getFirst().handle()).succeeded();
    long renewals = a.count(Counter.RENEWALS);
    loops.advance(INVISIBLE.multipliedBy(3));
    assertThat(a.count(Counter.RENEWALS)).isEqualTo(renewals);
    assertThat(scene.sink().take()).isEmpty();
    assertThat(unacknowledged(a)).isZero();
    int questions = peers.questions();
    loops.advance(Duration.ofMinutes(1));
    assertThat(peers.questions()).isEqualTo(questions);
  }

  @Test
  void aHolderThatStaysAwayIsToldNoLongerThanItWouldHold() {
    // given
    Scene scene = streamAt(a, 1);
    peers.cut(A);
    b.ack(scene.there(), scene.handles().getFirst()).succeeded();

    // when
    loops.advance(buffer(1).receive().maxHold());
    int questions = peers.questions();
    loops.advance(Duration.ofMinutes(5));

    // then
    assertThat(questions).isGreaterThan(10);
    assertThat(peers.questions()).isEqualTo(questions);
  }

  @Test
  void theHandleIsJudgedByTheTimeAtWhichItsHolderTurnsOutToBeGone() {
    // given a handle that is good for another second
    Scene scene = streamAt(a, 1);
    peers.silence(A);
    loops.advance(INVISIBLE.multipliedBy(2).dividedBy(3).minusSeconds(1));

    // when
    var outcome = b.ack(scene.there(), scene.handles().getFirst());
    loops.advance(MemoryPeers.PATIENCE);

    // then
    assertThat(outcome.failure()).hasMessageContaining("does not answer");
  }

  @Test
  void anInstanceThatBeganInTheHoldersPlaceIsNotTakenForIt() {
    // given
    Scene scene = streamAt(a, 1);
    begin(A, 1);

    // when
    b.ack(scene.there(), scene.handles().getFirst()).succeeded();

    // then
    assertThat(unacknowledged(a)).isZero();
    assertThat(b.count(Counter.FORWARD_FAILURES)).isOne();
    loops.advance(Duration.ofMinutes(1));
    assertThat(peers.questions()).as("one that is gone is told nothing").isOne();
  }

  @Test
  void aHolderThatClosesHandsBackAndIsDoneWithout() {
    // given
    Scene scene = streamAt(a, 1);
    loops.advance(INVISIBLE);

    // when
    assertThat(a.closeGateway().clean()).isTrue();

    // then
    assertThat(b.ack(scene.there(), scene.handles().getFirst()).failure())
        .hasMessageContaining("does not answer: the message comes again");
    var again = b.open(2, b.consumer(b.connection(), StreamFixture.spec("*")));
    loops.advance(Duration.ofSeconds(5));
    assertThat(again.take()).hasSize(1).allMatch(each -> each.delivery().attempt() == 2);
  }

  @Test
  void aRetryIsDoneWithoutItsHolderWhileTheHandleIsTheNewest() {
    Scene scene = streamAt(a, 1);
    peers.cut(A);
    SealedHandle fresh =
        retry(scene.there(), scene.handles().getFirst(), Duration.ofSeconds(40)).value();
    b.ack(scene.there(), fresh.handle()).succeeded();
    assertThat(unacknowledged(a)).isZero();
  }
}
