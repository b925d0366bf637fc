package dev.sluice.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.NatsOptions.Storage;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class NatsOptionsTest {
  private static final NatsOptions FINE =
      NatsOptions.of(BusOptions.of("group", "orders"), "nats://one:4222", "tls://two");

  @Test
  void boundsAreCheckedAndNamed() {
    refused(() -> NatsOptions.of(FINE.bus()), "servers: 0");
    refused(() -> NatsOptions.of(FINE.bus(), "http://one"), "servers: http://one");
    refused(() -> FINE.prefix("a.b"), "prefix: a.b");
    refused(() -> topics(0, 1, Duration.ZERO), "partitions: 0 (expected: 1 to 256)");
    refused(() -> topics(257, 1, Duration.ZERO), "partitions: 257");
    refused(() -> topics(1, 2, Duration.ZERO), "replicas: 2");
    refused(() -> topics(1, 1, Duration.ofMinutes(1)), "retention: PT1M");
    refused(() -> FINE.ackWait(Duration.ofSeconds(1)), "ackWait: PT1S");
    refused(() -> FINE.leaseTime(Duration.ofMinutes(11)), "leaseTime: PT11M");
    assertThat(topics(256, 5, Duration.ofHours(1)).storage()).isEqualTo(Storage.MEMORY);
  }

  @Test
  void secretsAreNotPrinted() {
    assertThat(FINE.credentials(NatsCredentials.user("ann", "hidden")).toString())
        .contains("ann")
        .doesNotContain("hidden");
    assertThat(FINE.credentials(NatsCredentials.token("hidden")).toString())
        .doesNotContain("hidden");
    assertThatThrownBy(() -> NatsOptions.of(FINE.bus(), "nats://ann:hidden@one"))
        .isInstanceOf(EventBusException.class)
        .hasMessageNotContaining("hidden");
  }

  @Test
  void withoutItsArtifactTheFactorySaysWhichIsMissing() {
    assertThatThrownBy(() -> EventBus.nats(FINE))
        .isInstanceOf(EventBusException.class)
        .hasMessageContaining("sluice-eventbus-nats");
  }

  private static NatsOptions topics(int partitions, int replicas, Duration retention) {
    return FINE.newTopics(partitions, replicas, Storage.MEMORY, retention);
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            EventBusException.class,
            e -> assertThat(e.category()).isEqualTo(EventBusException.Category.INVALID_ARGUMENT))
        .hasMessageContaining(message);
  }
}
