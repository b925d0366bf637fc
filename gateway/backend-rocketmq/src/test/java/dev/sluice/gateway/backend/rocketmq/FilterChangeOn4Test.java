package dev.sluice.gateway.backend.rocketmq;

import static dev.sluice.gateway.backend.rocketmq.UpstreamFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an ordered group of 4.x gets that asks for something else while a message is retried. */
class FilterChangeOn4Test {
  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private UpstreamFixture fixture;
  private String topic = "";
  private String group = "";

  @BeforeEach
  void start() {
    fixture = UpstreamFixture.start(LOOPS, SharedEngine.rocketmq4().nameServerAddress());
    topic = fixture.newTopic(1, MessageKind.FIFO);
    for (String text : List.of("a0", "a1", "a2", "b3", "a4")) {
      fixture.send(Messages.tagged(topic, text, text.substring(0, 1)));
    }
    QueueId queue =
        UpstreamFixture.<Topology>get(done -> fixture.upstream.topology(topic, done))
            .queues()
            .getFirst()
            .id();
    // Messages may be stored a moment before their queue has them.
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                UpstreamFixture.<Long>get(
                        done -> fixture.upstream.offsets().end(topic, queue, done))
                    == 5);
    group = fixture.newGroup(topic, new Subscription.Start.Earliest());
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private ReceiveRequest request(String tags, int max) {
    return new ReceiveRequest(
        topic,
        group,
        new Filter(Filter.Type.TAG, tags),
        null,
        true,
        "attempt",
        max,
        PATIENCE,
        PATIENCE);
  }

  private void handBack(Delivery delivery) {
    UpstreamFixture.<NewHandle>get(
        done ->
            fixture.upstream.changeInvisible(topic, group, delivery.handle(), Duration.ZERO, done));
  }

  @Test
  void whatIsRetriedComesOnceMoreAndWhatWasAcknowledgedBehindItDoesNot() {
    List<Delivery> first = fixture.receive(request("a", 3));
    assertThat(first).extracting(Messages::text).containsExactly("a0", "a1", "a2");
    fixture.ack(group, first.subList(1, 3));
    handBack(first.getFirst());

    List<Delivery> second = fixture.receive(request("a||b", 8));

    assertThat(second).extracting(Messages::text).containsExactly("a0", "b3", "a4");
    assertThat(second).extracting(Delivery::attempt).containsExactly(2, 1, 1);
  }

  @Test
  void whatIsRetriedIsForThoseWhoAskForIt() {
    List<Delivery> first = fixture.receive(request("a", 1));
    assertThat(first).extracting(Messages::text).containsExactly("a0");
    Outcome<List<Delivery>> second =
        UpstreamFixture.outcome(done -> fixture.upstream.receive(request("b", 8), done));

    handBack(first.getFirst());

    assertThat(second.get(PATIENCE)).extracting(Messages::text).containsExactly("b3");
  }
}
