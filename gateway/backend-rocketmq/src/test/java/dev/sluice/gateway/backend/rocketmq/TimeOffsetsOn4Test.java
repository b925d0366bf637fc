package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Points in time of brokers of 4.x, which tell the nearest message, and any of those of one
 * millisecond.
 */
class TimeOffsetsOn4Test {
  private static final int ROUNDS = 6;
  private static final int TOGETHER = 5;

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private UpstreamFixture fixture;
  private String topic = "";
  private QueueId queue = new QueueId("", 0);

  /** When messages were stored, and the first of each such moment. */
  private final TreeMap<Long, Long> firstOf = new TreeMap<>();

  @BeforeEach
  void start() {
    fixture = UpstreamFixture.start(LOOPS, SharedEngine.rocketmq4().nameServerAddress());
    topic = fixture.newTopic(1, MessageKind.NORMAL);
    queue =
        UpstreamFixture.<Topology>get(done -> fixture.upstream.topology(topic, done))
            .queues()
            .getFirst()
            .id();
    for (int round = 0; round < ROUNDS; round++) {
      long begun = System.currentTimeMillis();
      await().until(() -> System.currentTimeMillis() > begun + 20);
      String name = "m" + round;
      fixture.send(
          IntStream.range(0, TOGETHER)
              .mapToObj(i -> Messages.plain(topic, name + i))
              .toArray(OutboundMessage[]::new));
    }
    String reader = fixture.newGroup(topic, new Subscription.Start.Earliest());
    for (Delivery delivery : fixture.receive(topic, reader, ROUNDS * TOGETHER)) {
      firstOf.merge(delivery.storedAt(), delivery.offset(), Math::min);
    }
    assertThat(firstOf).as("moments").hasSizeLessThan(ROUNDS * TOGETHER);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private long at(long epochMillis) {
    return UpstreamFixture.get(
        done -> fixture.upstream.offsets().at(topic, queue, epochMillis, done));
  }

  @Test
  void theFirstMessageOfATimeOrAfterItIsTold() {
    long end = ROUNDS * TOGETHER;
    for (long moment : firstOf.keySet()) {
      for (long time = moment - 15; time <= moment + 15; time++) {
        var found = firstOf.ceilingEntry(time);
        assertThat(at(time))
            .as("%d, where messages were stored at %s", time, firstOf)
            .isEqualTo(found == null ? end : found.getValue());
      }
    }
    assertThat(at(0)).isZero();
    assertThat(at(Long.MAX_VALUE)).isEqualTo(end);
  }

  @Test
  void aGroupStartsWithTheFirstMessageOfATime() {
    List<Long> moments = List.copyOf(firstOf.keySet());
    // Nearer to the message before it, which is not to come.
    long time = moments.get(moments.size() / 2) + 1;
    String group = fixture.newGroup(topic, new Subscription.Start.At(time));

    int wanted = ROUNDS * TOGETHER - firstOf.ceilingEntry(time).getValue().intValue();
    assertThat(fixture.receiveAll(topic, group, wanted)).hasSize(wanted);
  }
}
