package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.gateway;
import static dev.sluice.gateway.core.StreamFixture.publish;
import static dev.sluice.gateway.core.StreamFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.RecordingSink;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a stream is told that it is open: nothing passes over what it wants any more. */
class OpenStreamTest {
  private static final Duration SHORT = Duration.ofMillis(10);

  private static RecordingSink stream(ManualGateway gateway, String tags) {
    RecordingSink sink = gateway.open(gateway.consumer(gateway.connection(), spec(tags)));
    gateway.loops().advance(SHORT);
    return sink;
  }

  private static void send(ManualGateway gateway, String... tags) {
    var lease = gateway.producer(TOPIC).lease();
    for (String tag : tags) {
      gateway.send(lease, Messages.tagged(TOPIC, "of " + tag, tag)).value();
    }
    gateway.loops().advance(SHORT);
  }

  @Test
  void streamThatWidensWhatIsAskedForIsOpenAtOnceThoughOthersWait() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      RecordingSink first = stream(gateway, "x");
      assertThat(first.isOpen()).isTrue();
      RecordingSink second = stream(gateway, "y");
      assertThat(second.isOpen()).isTrue();
      send(gateway, "y", "x");
      assertThat(first.takeTexts()).containsExactly("of x");
      assertThat(second.takeTexts()).containsExactly("of y");
    }
  }

  @Test
  void streamIsNotOpenWhileAReceiveIsUnderWayThatPassesOverWhatItWants() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      gateway.faults().hold(Operation.RECEIVE);
      RecordingSink first = stream(gateway, "x");
      RecordingSink second = stream(gateway, "y");
      RecordingSink third = stream(gateway, "x");

      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(first.isOpen()).isTrue();
      assertThat(second.isOpen()).isFalse();
      assertThat(third.isOpen()).isFalse();
      assertThat(gateway.count(Counter.POLLS)).isOne();

      gateway.faults().release(Operation.RECEIVE);
      gateway.loops().advance(SHORT);
      assertThat(second.isOpen()).isTrue();
      assertThat(third.isOpen()).isTrue();
      send(gateway, "y", "x", "x");
      assertThat(second.takeTexts()).containsExactly("of y");
      assertThat(first.deliveries().size() + third.deliveries().size()).isEqualTo(2);
    }
  }

  @Test
  void streamIsOpenAlsoWhenTheReceiveThatItWaitedForHasFailed() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      gateway.faults().hold(Operation.RECEIVE);
      gateway.faults().failNext(Operation.RECEIVE, GatewayException.unavailable("gone", null));
      stream(gateway, "x");
      RecordingSink second = stream(gateway, "y");
      gateway.faults().release(Operation.RECEIVE);
      gateway.loops().advance(Duration.ofSeconds(2));
      assertThat(second.isOpen()).isTrue();
      send(gateway, "y");
      assertThat(second.takeTexts()).containsExactly("of y");
    }
  }

  @Test
  void receivesOfEverythingPassOverNothingAndAreNotWaitedFor() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      gateway.faults().hold(Operation.RECEIVE);
      stream(gateway, "*").stream().close();
      RecordingSink second = stream(gateway, "y");
      assertThat(second.isOpen()).isTrue();
      assertThat(gateway.count(Counter.POLLS)).isEqualTo(2);
      gateway.faults().release(Operation.RECEIVE);
    }
  }

  @Test
  void streamThatEndsBeforeItIsOpenTakesNothingAndKeepsNobody() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      gateway.faults().hold(Operation.RECEIVE);
      RecordingSink first = stream(gateway, "x");
      RecordingSink second = stream(gateway, "y");
      second.stream().close();
      gateway.loops().advance(SHORT);
      gateway.faults().release(Operation.RECEIVE);
      send(gateway, "y", "x");
      assertThat(first.takeTexts()).containsExactly("of x");
      assertThat(second.isOpen()).isFalse();
      assertThat(second.deliveries()).isEmpty();
    }
  }

  @Test
  void streamOfATopicThatItsFirstMessageMakesIsOpenBeforeThat() {
    try (var gateway = gateway()) {
      RecordingSink sink = gateway.open(gateway.consumer(TOPIC, "group"));
      gateway.loops().advance(SHORT);
      assertThat(sink.isOpen()).isTrue();
      publish(gateway, 0, 3);
      gateway.loops().advance(Duration.ofSeconds(2));
      assertThat(sink.takeTexts()).containsExactlyInAnyOrder("m0", "m1", "m2");
    }
  }
}
