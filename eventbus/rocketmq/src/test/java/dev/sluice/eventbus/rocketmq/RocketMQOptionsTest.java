package dev.sluice.eventbus.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.RocketMQOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RocketMQOptionsTest {
  private static final RocketMQOptions OPTIONS =
      RocketMQOptions.of(BusOptions.of("billing", "orders"), "127.0.0.1:9876");

  @Test
  void namesWithDotsAreRefused() {
    assertThatThrownBy(
            () -> RocketMQOptions.of(BusOptions.of("billing", "shop.orders"), "127.0.0.1:9876"))
        .isInstanceOf(EventBusException.class)
        .hasMessage(
            "topic: shop.orders (expected: letters, digits, _ and -, as RocketMQ has no dots)");
    assertThatThrownBy(
            () -> RocketMQOptions.of(BusOptions.of("shop.billing", "orders"), "127.0.0.1:9876"))
        .hasMessageStartingWith("group: shop.billing (expected:");
  }

  @Test
  void secretsAreNotPrinted() {
    RocketMQOptions signed = OPTIONS.credentials("account", "s3cret");
    assertThat(signed.toString()).contains("account").doesNotContain("s3cret");
  }

  @Test
  void valuesOutOfBoundsAreNamed() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> OPTIONS.times(Duration.ZERO, second, second))
        .hasMessageStartingWith("pollWait: PT0S (expected:");
    assertThatThrownBy(() -> OPTIONS.times(second, Duration.ofDays(1), second))
        .hasMessageStartingWith("commitInterval: PT24H (expected:");
    assertThatThrownBy(() -> OPTIONS.newTopicQueues(-1))
        .hasMessage("newTopicQueues: -1 (expected: 0 to 1024)");
    assertThatThrownBy(() -> OPTIONS.credentials("account", ""))
        .hasMessageStartingWith("secretKey: ''");
    assertThatThrownBy(() -> RocketMQOptions.of(OPTIONS.bus(), " "))
        .hasMessageStartingWith("nameServers:");
  }
}
