package dev.sluice.gateway.spi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What every backend keeps when a delivery is given up. */
public abstract class DeadLetterContractTest extends ContractTest {

  @Test
  void deadLetterLeavesItsGroupAndLiesAmongTheDeadLettersAsItWas() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    String other = newGroup(topic);
    var message =
        new OutboundMessage(
            topic,
            newName("ID"),
            ByteBuffer.wrap(new byte[] {1, 2, 3}).asReadOnlyBuffer(),
            BodyEncoding.IDENTITY,
            "tag-1",
            List.of("key1", "key2"),
            "sharding-key",
            Map.of("color", "blue"),
            System.currentTimeMillis() - 5000,
            "127.0.0.1:4321",
            Schedule.NOW);
    send(List.of(message)).get(PATIENCE);
    Delivery first = receiveBriefly(topic, group);
    Delivery again = receiveSome(topic, group, Filter.ALL, 1).getFirst();
    assertThat(again.messageId()).isEqualTo(first.messageId());

    run(done -> upstream.deadLetter(group, again, done));

    Delivery dead = receiveDeadLetter(group);
    assertThat(dead.attempt()).as("of those who read dead letters").isOne();
    assertThat(dead.messageId()).isEqualTo(message.id());
    assertThat(dead.body()).isEqualTo(message.body());
    assertThat(dead.tag()).isEqualTo("tag-1");
    assertThat(dead.keys()).containsExactly("key1", "key2");
    assertThat(dead.shardingKey()).isEqualTo("sharding-key");
    assertThat(dead.properties()).isEqualTo(message.properties());
    assertThat(dead.bornAt()).isEqualTo(message.bornAt());
    assertThat(receive(request(topic, group, Filter.ALL, 1, invisible()))).isEmpty();
    assertThat(receiveSome(topic, other, Filter.ALL, 1)).as("another group's own").hasSize(1);
  }

  @Test
  void whoReadsDeadLettersHasThemAsOftenAsOtherMessages() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    send(List.of(Messages.plain(topic, "poison"))).get(PATIENCE);
    Delivery tooMuch = receiveSome(topic, group, Filter.ALL, 1).getFirst();
    run(done -> upstream.deadLetter(group, tooMuch, done));
    String reader = readerOfDeadLetters(group);
    String dead = upstream.deadLetterTopic(group);

    Delivery first = receiveSome(dead, reader, Filter.ALL, 1).getFirst();
    changeInvisible(first, reader, Duration.ZERO);
    Delivery again = receiveSome(dead, reader, Filter.ALL, 1).getFirst();

    assertThat(first.attempt()).isOne();
    assertThat(again.messageId()).isEqualTo(first.messageId());
    assertThat(again.attempt()).isEqualTo(2);
  }

  @Test
  void aMessageIsStoredAsADeadLetterByItsHandleAloneAlsoWhenItCameAgainAndWasRenewed() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    var message = Messages.message(topic, "body", "tag-1", "sharding-key", Schedule.NOW);
    String id = send(List.of(message)).get(PATIENCE).getFirst().messageId();
    receiveBriefly(topic, group);
    Delivery again = receiveSome(topic, group, Filter.ALL, 1).getFirst();
    NewHandle renewed = changeInvisible(again, group, Duration.ofMinutes(1));

    run(done -> upstream.storeDeadLetter(topic, group, again.handle(), done));

    Delivery dead = receiveDeadLetter(group);
    assertThat(dead.messageId()).isEqualTo(id);
    assertThat(Messages.text(dead)).isEqualTo("body");
    assertThat(dead.tag()).isEqualTo("tag-1");
    assertThat(dead.shardingKey()).isEqualTo("sharding-key");
    List<AckOutcome> outcome =
        get(done -> upstream.ack(topic, group, List.of(renewed.handle()), done));
    assertThat(outcome).as("the delivery is left as it was").containsExactly(AckOutcome.OK);
    assertThat(receive(request(topic, group, Filter.ALL, 1, invisible()))).isEmpty();
  }

  @Test
  void aHandleThatIsNoneNamesNoMessage() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);

    assertThat(
            failure(
                    (Completion<Void> done) ->
                        upstream.storeDeadLetter(topic, group, "nonsense", done))
                .category())
        .isIn(ErrorCategory.INVALID_ARGUMENT, ErrorCategory.NOT_FOUND);
  }

  private Delivery receiveDeadLetter(String group) {
    String reader = readerOfDeadLetters(group);
    return receiveSome(upstream.deadLetterTopic(group), reader, Filter.ALL, 1).getFirst();
  }

  /** The topic may come into being with its first message, and be known a moment later. */
  private String readerOfDeadLetters(String group) {
    String topic = upstream.deadLetterTopic(group);
    Awaitility.await().atMost(PATIENCE).until(() -> isThere(topic));
    String reader = newName("contract_reader_");
    run(
        done ->
            upstream.subscribe(
                new Subscription(topic, reader, Filter.ALL, new Subscription.Start.Earliest()),
                done));
    return reader;
  }

  private boolean isThere(String topic) {
    var outcome = new Outcome<Topology>();
    onLoop(() -> upstream.topology(topic, outcome));
    try {
      return !outcome.get(PATIENCE).queues().isEmpty();
    } catch (AssertionError e) {
      return false;
    }
  }
}
