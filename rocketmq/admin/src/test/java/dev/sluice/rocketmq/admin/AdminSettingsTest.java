package dev.sluice.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be is refused before anything is asked, with a text that helps. */
class AdminSettingsTest {

  static Stream<Arguments> impossible() {
    return Stream.of(
        refused("topic: 'a b'", () -> TopicSettings.of("a b", 4)),
        refused("readQueues: 65537", () -> TopicSettings.of("t", 65_537)),
        refused("writeQueues: -1", () -> TopicSettings.of("t", 4).withQueues(4, -1)),
        refused("group: ''", () -> GroupSettings.of("")),
        refused("maxRetries: -1", () -> GroupSettings.of("g").withRetries(-1, RetryPolicy.USUAL)),
        refused(
            "retryQueues: 0",
            () -> new GroupSettings("g", false, true, true, 1, 0, RetryPolicy.USUAL)),
        refused("waits: 0", () -> new RetryPolicy.Steps(List.of())),
        refused(
            "factor: 0",
            () -> new RetryPolicy.Growing(Duration.ofSeconds(1), Duration.ofSeconds(2), 0)));
  }

  private static Arguments refused(String text, ThrowingCallable call) {
    return Arguments.of(text, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void impossible(String text, ThrowingCallable call) {
    RocketMQException failure = catchThrowableOfType(RocketMQException.class, call);

    assertThat(failure.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(failure).hasMessageContaining(text);
  }
}
