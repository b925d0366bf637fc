package dev.sluice.rocketmq.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.client.MessageQueue;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** How far a group is where it is moved on and set elsewhere side by side. */
class NotedOffsetsTest {
  private static final MessageQueue QUEUE = new MessageQueue("topic", "broker", 0);

  private final NotedOffsets offsets = new NotedOffsets();

  private NotedOffsets.Unstored unstored() {
    return Objects.requireNonNull(offsets.unstored(QUEUE));
  }

  private void storeSafely() {
    offsets.stored(QUEUE, unstored());
    offsets.stored(QUEUE, unstored());
  }

  @Test
  void theFirstThatIsStoredIsStoredOnceMore() {
    offsets.advance(QUEUE, 7, 0);
    assertThat(unstored().first()).isTrue();

    offsets.stored(QUEUE, unstored());
    assertThat(unstored()).isEqualTo(new NotedOffsets.Unstored(7, 0, false));

    offsets.stored(QUEUE, unstored());
    assertThat(offsets.unstored(QUEUE)).isNull();
    offsets.advance(QUEUE, 8, 0);
    offsets.stored(QUEUE, unstored());
    assertThat(offsets.unstored(QUEUE)).isNull();
  }

  @Test
  void itIsMovedOnAndNeverBack() {
    offsets.advance(QUEUE, 7, 0);
    offsets.advance(QUEUE, 5, 0);

    assertThat(offsets.at(QUEUE)).hasValue(7);
    assertThat(offsets.atOr(QUEUE, 9)).hasValue(9);
    assertThat(offsets.atOr(new MessageQueue("topic", "broker", 1), -1)).isEmpty();
  }

  @Test
  void whatWasConsumedBeforeItWasSetElsewhereDoesNotCountLater() {
    offsets.advance(QUEUE, 7, 0);
    long before = offsets.term(QUEUE);
    offsets.reset(QUEUE, 2);

    offsets.advance(QUEUE, 8, before);
    assertThat(offsets.at(QUEUE)).hasValue(2);

    offsets.advance(QUEUE, 3, offsets.term(QUEUE));
    assertThat(offsets.at(QUEUE)).hasValue(3);
  }

  @Test
  void whereItWasSetWinsOverWhatIsStoredUntilItIsStoredItself() {
    offsets.advance(QUEUE, 7, 0);
    storeSafely();
    offsets.reset(QUEUE, 2);
    assertThat(offsets.atOr(QUEUE, 7)).hasValue(2);

    offsets.stored(QUEUE, unstored());

    assertThat(offsets.unstored(QUEUE)).isNull();
    assertThat(offsets.atOr(QUEUE, 4)).hasValue(4);
  }

  @Test
  void whatWasStoredBeforeItWasSetElsewhereIsStoredAgainWhenItIsReached() {
    offsets.advance(QUEUE, 5, 0);
    NotedOffsets.Unstored underWay = unstored();
    storeSafely();
    assertThat(offsets.unstored(QUEUE)).isNull();

    // A broker that has set the group back itself has another one now.
    offsets.reset(QUEUE, 0);
    offsets.stored(QUEUE, underWay);
    offsets.advance(QUEUE, 5, offsets.term(QUEUE));

    assertThat(unstored().offset()).isEqualTo(5);
  }

  @Test
  void whatIsForgottenIsNotBroughtBackByWhatWasUnderWay() {
    offsets.reset(QUEUE, 2);
    long term = offsets.term(QUEUE);
    NotedOffsets.Unstored underWay = unstored();
    offsets.forget(QUEUE);

    offsets.advance(QUEUE, 9, term);
    offsets.stored(QUEUE, underWay);

    assertThat(offsets.at(QUEUE)).isEmpty();
    assertThat(offsets.all()).isEmpty();
  }
}
