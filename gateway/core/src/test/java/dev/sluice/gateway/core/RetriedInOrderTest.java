package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.OrderedStreamFixture.MOMENT;
import static dev.sluice.gateway.core.OrderedStreamFixture.ack;
import static dev.sluice.gateway.core.OrderedStreamFixture.consumer;
import static dev.sluice.gateway.core.OrderedStreamFixture.newest;
import static dev.sluice.gateway.core.OrderedStreamFixture.openWith;
import static dev.sluice.gateway.core.OrderedStreamFixture.retry;
import static dev.sluice.gateway.core.OrderedStreamFixture.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.RecordingSink;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The handle that whoever retries a message of an ordered stream is given until it comes again. */
class RetriedInOrderTest {
  private static final Duration DELAY = Duration.ofMinutes(3);
  private static final String EXPIRED = "expired handle";

  private ManualGateway gateway;
  private ConsumerSession consumer;
  private RecordingSink sink;

  @BeforeEach
  void begin() {
    begin(MemoryOptions.DEFAULTS);
  }

  private void begin(MemoryOptions options) {
    gateway = with(GatewaySettings.DEFAULTS, options.withQueues(1));
    consumer = consumer(gateway, null);
    sink = openWith(gateway, consumer, "x0", "x1", "y0");
    assertThat(sink.takeTexts()).containsExactly("x0", "y0");
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private String retried(String handle, Duration delay) {
    String fresh = retry(gateway, consumer, handle, delay).value().handle();
    gateway.loops().advance(MOMENT);
    return fresh;
  }

  @Test
  void acknowledgesWhatWaitsAndThoseBehindItGoOn() {
    String handle = retried(newest(sink, "x0").handle(), DELAY);

    gateway.ack(consumer.lease(), handle).succeeded();
    gateway.loops().advance(MOMENT);

    assertThat(sink.takeTexts()).containsExactly("x1");
    gateway.loops().advance(DELAY.multipliedBy(2));
    assertThat(sink.takeTexts()).isEmpty();
    assertThat(gateway.count(Counter.REDELIVERIES)).isZero();
  }

  @Test
  void doesSoWhereNoOtherInstanceCouldActOnIt() {
    gateway.close();
    begin(MemoryOptions.DEFAULTS.withLocalHandles());
    String handle = retried(newest(sink, "x0").handle(), DELAY);

    gateway.ack(consumer.lease(), handle).succeeded();
    gateway.loops().advance(DELAY.multipliedBy(2));

    assertThat(sink.takeTexts()).containsExactly("x1");
  }

  @Test
  void isVoidWhenTheMessageHasComeAgain() {
    String handle = retried(newest(sink, "x0").handle(), DELAY);
    gateway.loops().advance(DELAY);
    assertThat(sink.takeTexts()).containsExactly("x0");

    assertThat(gateway.ack(consumer.lease(), handle).failure()).hasMessageContaining(EXPIRED);
    assertThat(retry(gateway, consumer, handle, DELAY).failure()).hasMessageContaining(EXPIRED);

    ack(gateway, consumer, sink, "x0");
    assertThat(sink.takeTexts()).containsExactly("x1");
  }

  @Test
  void changesTheTimeAnewWhichIsNoAttempt() {
    String first = retried(newest(sink, "x0").handle(), DELAY);

    String second = retried(first, Duration.ofSeconds(5));

    assertThat(gateway.ack(consumer.lease(), first).failure()).hasMessageContaining(EXPIRED);
    gateway.loops().advance(Duration.ofSeconds(6));
    assertThat(sink.takeTexts()).containsExactly("x0");
    assertThat(newest(sink, "x0").delivery().attempt()).isEqualTo(2);
    assertThat(gateway.ack(consumer.lease(), second).failure()).hasMessageContaining(EXPIRED);
  }

  @Test
  void ofARetryAtOnceIsVoidAtOnce() {
    String handle = retried(newest(sink, "x0").handle(), Duration.ZERO);

    assertThat(sink.takeTexts()).containsExactly("x0");
    assertThat(gateway.ack(consumer.lease(), handle).failure()).hasMessageContaining(EXPIRED);
  }
}
