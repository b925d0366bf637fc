package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be is refused with a text that helps, before anything is opened. */
class ConsumerOptionsTest {
  private static final ClientOptions CLIENT = ClientOptions.builder("127.0.0.1:9876").build();

  private static PullConsumerOptions.Builder pull() {
    return PullConsumerOptions.builder(CLIENT, "group");
  }

  private static PopConsumerOptions.Builder pop() {
    return PopConsumerOptions.builder(CLIENT, "group").subscribe("topic");
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        refused("group: ''", () -> PullConsumerOptions.builder(CLIENT, "")),
        refused("topic: 'a b'", () -> pull().subscribe("a b")),
        refused("maxPollMessages: 0", () -> pull().maxPollMessages(0).build()),
        refused("pullBatchSize: 1025", () -> pull().pullBatchSize(1025).build()),
        refused("pullInterval: PT-1S", () -> pull().pullInterval(Duration.ofSeconds(-1)).build()),
        refused("pullWait: PT0S", () -> pull().pullWait(Duration.ZERO).build()),
        refused("maxMessagesPerQueue: 0", () -> pull().maxMessagesPerQueue(0).build()),
        refused("maxMegabytesPerQueue: 1025", () -> pull().maxMegabytesPerQueue(1025).build()),
        refused("maxMessages: 0", () -> pull().maxMessages(0).build()),
        refused("commitInterval: PT0S", () -> pull().commitInterval(Duration.ZERO).build()),
        refused("rebalanceInterval", () -> pull().rebalanceInterval(Duration.ofHours(1)).build()),
        refused("group: ''", () -> PopConsumerOptions.builder(CLIENT, "")),
        refused(
            "subscriptions: none (expected: one topic at least)",
            () -> PopConsumerOptions.builder(CLIENT, "group").build()),
        refused("invisible: PT0S", () -> pop().invisible(Duration.ZERO).build()),
        refused(
            "max: 33 (expected: 1 to 32)",
            () -> PopConsumer.create(pop().build()).receive(33, Duration.ZERO)),
        refused(
            "wait: PT-1S",
            () -> PopConsumer.create(pop().build()).receive(1, Duration.ofSeconds(-1))));
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

  @Test
  void whatHasNotStartedSaysSo() {
    assertThatThrownBy(() -> PullConsumer.create(pull().build()).poll(Duration.ZERO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("pull consumer of group: not started");
    assertThatThrownBy(() -> PopConsumer.create(pop().build()).receive(1, Duration.ZERO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("pop consumer of group: not started");
  }
}
