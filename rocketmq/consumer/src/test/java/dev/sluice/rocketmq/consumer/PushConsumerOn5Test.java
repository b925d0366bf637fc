package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.group.StartFrom;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** On 5.5.0, whose brokers tell a group without an offset from one at the first message. */
class PushConsumerOn5Test extends PushConsumerContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq5();
  }

  @Test
  void aGroupBeginsWhereItIsToldAndGoesOnWhereItWas() {
    String topic = fixture.newTopic(2);
    fixture.sendMany(topic, "old", 4);
    await().until(() -> fixture.maxInAll(topic) == 4);
    PushConsumer first =
        fixture.start(
            fixture
                .options(topic)
                .startFrom(StartFrom.last())
                .persistInterval(Duration.ofMillis(200))
                .handler(this::note));
    await().until(() -> fixture.committedInAll(topic) == 4);
    fixture.sendMany(topic, "new", 4);
    await().until(() -> bodies.size() >= 4);
    ConsumerFixture.close(first);
    assertThat(bodies).allMatch(body -> body.startsWith("new"));
    bodies.clear();

    fixture.sendMany(topic, "later", 4);
    fixture.start(fixture.options(topic).startFrom(StartFrom.last()).handler(this::note));

    await().until(() -> bodies.size() >= 4);
    assertThat(bodies).allMatch(body -> body.startsWith("later"));
  }

  @Test
  void aGroupBeginsAtATime() {
    String topic = fixture.newTopic(1);
    fixture.sendMany(topic, "before", 3);
    Instant now = lastStored(topic).plusMillis(1);
    await().until(() -> Instant.now().isAfter(now.plusMillis(5)));
    fixture.sendMany(topic, "after", 3);

    fixture.start(fixture.options(topic).startFrom(StartFrom.at(now)).handler(this::note));

    await().until(() -> bodies.size() >= 3);
    assertThat(bodies).containsExactlyInAnyOrder("after0", "after1", "after2");
  }

  private Instant lastStored(String topic) {
    Queue<Instant> times = new ConcurrentLinkedQueue<>();
    ConsumerFixture.close(readAll(topic, times));
    return times.stream().max(Instant::compareTo).orElseThrow();
  }

  private PushConsumer readAll(String topic, Queue<Instant> times) {
    PushConsumerOptionsBuilder options =
        PushConsumerOptions.builder(
                ClientOptions.builder(fixture.nameServers)
                    .instanceName(ConsumerFixture.instance())
                    .build(),
                fixture.group + "-reader")
            .subscribe(topic)
            .startFrom(StartFrom.first())
            .handler(
                message -> {
                  times.add(message.storedAt());
                  return ConsumeResult.success();
                });
    PushConsumer reader = fixture.start(options);
    await().until(() -> times.size() == 3);
    return reader;
  }
}
