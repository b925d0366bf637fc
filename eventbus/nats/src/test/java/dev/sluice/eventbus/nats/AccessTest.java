package dev.sluice.eventbus.nats;

import static dev.sluice.eventbus.nats.TestBuses.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.NatsEngine;
import dev.sluice.engines.NatsEngineOptions;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.NatsCredentials;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that asks who calls, allows not everything, and takes short messages only. */
class AccessTest {
  private static NatsEngine engine;

  @BeforeAll
  static void start(@TempDir Path directory) {
    engine =
        NatsEngine.start(
            NatsEngineOptions.in(directory)
                .configuration(
                    "max_payload: 1024",
                    "authorization { users = [ {user: ann, password: right-one,"
                        + " permissions: {publish: {deny: [\"sluice.topic.secret.>\"]}}} ] }"));
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  private static NatsOptions options(String password) {
    return NatsOptions.of(BusOptions.of("group").publishTimeout(PATIENCE), engine.url())
        .credentials(NatsCredentials.user("ann", password));
  }

  @Test
  void whoIsKnownMayPublishWhatIsAllowedAndShortEnough() throws Exception {
    try (EventBus bus = EventBus.nats(options("right-one"))) {
      bus.start();
      assertThat(bus.publish("orders", OutboundMessage.of("k", new byte[100])).get().offset())
          .isEqualTo(1);
      assertFailure(
          bus.publish("secret", OutboundMessage.of(new byte[1])), Category.UNAUTHENTICATED);
      assertFailure(
              bus.publish("orders", OutboundMessage.of(new byte[2000])), Category.INVALID_ARGUMENT)
          .hasMessageContaining("1024");
      assertThat(bus.publish("orders", OutboundMessage.of("k", new byte[100])).get().offset())
          .isEqualTo(2);
    }
  }

  @Test
  void whoIsNotKnownIsToldSoWithoutTheSecret() {
    NatsOptions options = options("wrong-one");
    assertThat(options.toString()).contains("ann").doesNotContain("wrong-one");
    try (EventBus bus = EventBus.nats(options)) {
      bus.start();
      assertFailure(
              bus.publish("orders", OutboundMessage.of(new byte[1])), Category.UNAUTHENTICATED)
          .hasMessageNotContaining("wrong-one");
      assertThat(bus.inspect().detail()).contains("does not know the caller");
    }
  }

  private static AbstractThrowableAssert<?, ?> assertFailure(
      CompletableFuture<Published> result, Category category) {
    await().atMost(PATIENCE.toSeconds(), TimeUnit.SECONDS).until(result::isDone);
    return assertThatThrownBy(result::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            EventBusException.class,
            e -> assertThat(e.category()).as(e.getMessage()).isEqualTo(category));
  }
}
