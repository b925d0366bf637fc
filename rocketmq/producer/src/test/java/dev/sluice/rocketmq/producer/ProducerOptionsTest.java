package dev.sluice.rocketmq.producer;

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

/** The defaults, and that what cannot be is refused with a text that helps. */
class ProducerOptionsTest {
  private static ClientOptions.Builder client() {
    return ClientOptions.builder("127.0.0.1:9876");
  }

  private static ProducerOptions.Builder producer() {
    return ProducerOptions.builder(client().build(), "group");
  }

  @Test
  void theDefaultsAreThoseOfTheOfficialClient() {
    ProducerOptions producer = producer().build();

    assertThat(producer.createTopicKey()).isEqualTo("TBW102");
    assertThat(producer.createTopicQueues()).isEqualTo(4);
    assertThat(producer.sendTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(producer.compression()).isEqualTo(Compression.ZLIB);
    assertThat(producer.compressFrom()).isEqualTo(4_096);
    assertThat(producer.compressionLevel()).isEqualTo(5);
    assertThat(producer.avoidSlowBrokers()).isFalse();
    assertThat(producer.coalescing()).isEmpty();
    assertThat(producer.retryNotOk()).isFalse();
    assertThat(producer.retryUnknownOutcome()).isTrue();
  }

  @Test
  void secretsAreNotShown() {
    ClientOptions options = client().credentials("me", "hidden-word").build();

    assertThat(ProducerOptions.builder(options, "group").build().toString())
        .doesNotContain("hidden-word");
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        refused("group: ''", () -> ProducerOptions.builder(client().build(), "")),
        refused("createTopicKey: 'a b'", () -> producer().createTopicKey("a b").build()),
        refused("createTopicQueues: 0", () -> producer().createTopicQueues(0).build()),
        refused("sendTimeout: PT0S", () -> producer().sendTimeout(Duration.ZERO).build()),
        refused("attemptTimeout", () -> producer().attemptTimeout(Duration.ofHours(1)).build()),
        refused(
            "compressionLevel: 10 (expected: 1 to 9)",
            () -> producer().compressionLevel(10).build()),
        refused(
            "maxMessages: 1 (expected: 2 to 1024)",
            () -> new Coalescing(1, 4096, Duration.ofMillis(5), 4)),
        refused("maxBytes: 1023", () -> new Coalescing(2, 1023, Duration.ofMillis(5), 4)),
        refused("linger: PT0S", () -> new Coalescing(2, 4096, Duration.ZERO, 4)),
        refused("maxFlights: 0", () -> new Coalescing(2, 4096, Duration.ofMillis(5), 0)),
        refused("maxInFlight: 0", () -> producer().maxInFlight(0).build()));
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
  void aProducerStartsOnce() {
    try (Producer producer = Producer.create(producer().build())) {
      producer.start();

      assertThatThrownBy(producer::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("producer: started before (expected: started once)");
    }
  }
}
