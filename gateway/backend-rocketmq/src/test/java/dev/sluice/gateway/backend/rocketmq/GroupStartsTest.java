package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** New groups start where they are told, on a real broker. */
class GroupStartsTest {
  private static final Subscription.Start LATEST = new Subscription.Start.Latest();
  private static final Subscription.Start EARLIEST = new Subscription.Start.Earliest();

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private UpstreamFixture fixture;

  @BeforeEach
  void start() {
    fixture = UpstreamFixture.start(LOOPS, SharedEngine.rocketmq5().nameServerAddress());
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void nothingOldIsDeliveredAlthoughItIsInMemoryAndNothingNewIsLost() {
    String topic = fixture.newTopic(4, MessageKind.NORMAL);
    send(topic, "old", 40);

    String group = fixture.newGroup(topic, LATEST);
    send(topic, "new", 40);

    assertThat(texts(fixture.receiveAll(topic, group, 40)))
        .containsExactlyInAnyOrderElementsOf(all("new", 40));
  }

  @Test
  void noQueueOfManyNewGroupsStartsAtItsBeginning() {
    String topic = fixture.newTopic(16, MessageKind.NORMAL);
    send(topic, "old", 32);

    for (int i = 0; i < 40; i++) {
      String group = fixture.newGroup(topic, LATEST);

      assertThat(fixture.receive(UpstreamFixture.request(topic, group, Duration.ofMillis(50))))
          .as("group " + i)
          .isEmpty();
    }
  }

  @Test
  void topicsWithEmptyQueuesStartAtTheEndToo() {
    String topic = fixture.newTopic(8, MessageKind.NORMAL);
    send(topic, "old", 1);

    String group = fixture.newGroup(topic, LATEST);
    send(topic, "new", 30);

    assertThat(texts(fixture.receiveAll(topic, group, 30)))
        .containsExactlyInAnyOrderElementsOf(all("new", 30));
  }

  @Test
  void earliestStartsWithTheOldestMessage() {
    String topic = fixture.newTopic(3, MessageKind.NORMAL);
    send(topic, "old", 10);

    String group = fixture.newGroup(topic, EARLIEST);

    assertThat(texts(fixture.receiveAll(topic, group, 10)))
        .containsExactlyInAnyOrderElementsOf(all("old", 10));
  }

  @Test
  void aTimeStartsWithWhatWasStoredFromThenOn() {
    String topic = fixture.newTopic(2, MessageKind.NORMAL);
    send(topic, "before", 10);
    String probe = fixture.newGroup(topic, EARLIEST);
    long last =
        fixture.receive(topic, probe, 10).stream().mapToLong(Delivery::storedAt).max().orElse(0);
    await().until(() -> System.currentTimeMillis() > last + 5);
    long from = System.currentTimeMillis();
    send(topic, "after", 10);

    String group = fixture.newGroup(topic, new Subscription.Start.At(from));

    assertThat(texts(fixture.receiveAll(topic, group, 10)))
        .containsExactlyInAnyOrderElementsOf(all("after", 10));
  }

  @Test
  void aTopicThatAFirstSendWouldMakeIsMadeAndReadFromItsFirstMessage() {
    String topic = TopicNames.unique("later");
    String group = fixture.newGroup(topic, LATEST);
    UpstreamFixture.run(done -> fixture.upstream.unsubscribe(topic, group, done));
    send(topic, "first", 5);

    // The group has its place although nobody received in the meantime.
    fixture.subscribe(topic, group, LATEST);

    assertThat(texts(fixture.receiveAll(topic, group, 5)))
        .containsExactlyInAnyOrderElementsOf(all("first", 5));
  }

  @Test
  void aGroupThatHasConsumedStaysWhereItIs() {
    String topic = fixture.newTopic(2, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, LATEST);
    send(topic, "consumed", 6);
    fixture.ack(group, fixture.receive(topic, group, 6));
    send(topic, "missed", 6);

    fixture.subscribe(topic, group, LATEST);
    fixture.subscribe(topic, group, EARLIEST);

    assertThat(texts(fixture.receiveAll(topic, group, 6)))
        .containsExactlyInAnyOrderElementsOf(all("missed", 6));
  }

  @Test
  void gatewaysThatSubscribeAtOnceLoseNothingThatIsSentAfterTheFirstOfThemIsDone() {
    String topic = fixture.newTopic(4, MessageKind.NORMAL);
    String nameServer = SharedEngine.rocketmq5().nameServerAddress();
    try (UpstreamFixture two = UpstreamFixture.start(LOOPS, nameServer);
        UpstreamFixture three = UpstreamFixture.start(LOOPS, nameServer)) {
      for (int round = 0; round < 4; round++) {
        send(topic, "old" + round + "-", 10);
        String group = TopicNames.unique("group");
        List<Outcome<Void>> subscribed = new ArrayList<>();
        for (UpstreamFixture each : List.of(fixture, two, three)) {
          subscribed.add(
              UpstreamFixture.outcome(
                  done ->
                      each.upstream.subscribe(
                          new Subscription(topic, group, Filter.ALL, LATEST), done)));
        }
        await()
            .atMost(UpstreamFixture.PATIENCE)
            .until(() -> subscribed.stream().anyMatch(Outcome::isOver));
        send(topic, "new" + round + "-", 10);
        subscribed.forEach(each -> each.succeeded(UpstreamFixture.PATIENCE));

        Set<String> received = new HashSet<>(texts(two.receiveAll(topic, group, 10)));
        received.addAll(texts(three.receiveAll(topic, group)));
        assertThat(received).containsExactlyInAnyOrderElementsOf(all("new" + round + "-", 10));
      }
    }
  }

  private void send(String topic, String prefix, int count) {
    List<Outcome<List<SendReceipt>>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String body = prefix + i;
      sent.add(
          UpstreamFixture.outcome(
              done ->
                  fixture.upstream.send(
                      List.of(Messages.plain(topic, body)), UpstreamFixture.PATIENCE, done)));
    }
    sent.forEach(each -> assertThat(each.get(UpstreamFixture.PATIENCE)).hasSize(1));
  }

  private static List<String> all(String prefix, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(prefix + i);
    }
    return texts;
  }

  private static List<String> texts(List<Delivery> deliveries) {
    return deliveries.stream().map(Messages::text).toList();
  }
}
