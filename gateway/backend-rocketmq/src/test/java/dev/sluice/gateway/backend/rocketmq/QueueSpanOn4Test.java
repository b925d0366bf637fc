package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How far a queue of 4.x is read while something of it is held. */
class QueueSpanOn4Test {
  private static final int SPAN = 2000;
  private static final int ONE_PULL = 32;
  private static final int MESSAGES = 2 * SPAN;
  private static final int TOGETHER = 250;
  private static final Duration QUIET = Duration.ofMillis(500);

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private UpstreamFixture fixture;
  private String topic = "";
  private String group = "";

  @BeforeEach
  void start() {
    fixture = UpstreamFixture.start(LOOPS, SharedEngine.rocketmq4().nameServerAddress());
    topic = fixture.newTopic(1, MessageKind.NORMAL);
    for (int sent = 0; sent < MESSAGES; sent += TOGETHER) {
      fixture.send(
          IntStream.range(sent, sent + TOGETHER)
              .mapToObj(i -> Messages.plain(topic, "m" + i))
              .toArray(OutboundMessage[]::new));
    }
    group = fixture.newGroup(topic, new Subscription.Start.Earliest());
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private List<Delivery> receive() {
    return fixture.receive(UpstreamFixture.request(topic, group, QUIET));
  }

  @Test
  void oneMessageThatIsHeldDoesNotHaveAllBehindItReadUntilItIsAcknowledged() {
    Delivery stuck = null;
    List<Long> offsets = new ArrayList<>();
    Deadline deadline = Deadline.after(UpstreamFixture.PATIENCE);
    while (true) {
      List<Delivery> some = receive();
      if (some.isEmpty()) {
        if (offsets.size() >= SPAN || deadline.isPast()) {
          break;
        }
        continue;
      }
      deadline = Deadline.after(UpstreamFixture.PATIENCE);
      some.forEach(delivery -> offsets.add(delivery.offset()));
      List<Delivery> done = some;
      if (stuck == null) {
        stuck = some.getFirst();
        done = some.subList(1, some.size());
      }
      if (!done.isEmpty()) {
        fixture.ack(group, done);
      }
    }
    assertThat(offsets).hasSizeBetween(SPAN, SPAN + ONE_PULL).doesNotHaveDuplicates();

    fixture.ack(group, List.of(Objects.requireNonNull(stuck)));

    List<Delivery> rest = fixture.receiveAll(topic, group, MESSAGES - offsets.size());
    rest.forEach(delivery -> offsets.add(delivery.offset()));
    assertThat(offsets).hasSize(MESSAGES).doesNotHaveDuplicates();
  }

  @Test
  void manyThatAreHeldAreNotOneThatTakesLong() {
    assertThat(fixture.receive(topic, group, MESSAGES)).doesNotHaveDuplicates();
  }
}
