package dev.sluice.gateway.spi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Topology.MessageKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What every backend keeps that takes delayed messages back, and what it keeps of priorities. */
public abstract class RecallContractTest extends ContractTest {

  private static final Duration DELAY = Duration.ofSeconds(12);

  @Test
  void whatIsTakenBackIsNotDelivered() {
    String topic = newTopic(1, MessageKind.DELAY);
    String group = newGroup(topic);
    SendReceipt recalled = sendDelayed(topic, "recalled");
    SendReceipt kept = sendDelayed(topic, "kept");

    String id = get(done -> upstream.recall(topic, handle(recalled), done));

    assertThat(id).isEqualTo(recalled.messageId());
    assertThat(receiveSome(topic, group, Filter.ALL, 1))
        .extracting(Delivery::messageId)
        .containsExactly(kept.messageId());
    assertThat(receive(request(topic, group, Filter.ALL, 8, Duration.ofSeconds(2)))).isEmpty();
    // and of what has come nothing is taken back
    GatewayException late = failure(recalling(topic, handle(kept)));
    assertThat(late.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
    assertThat(late.subject()).isEqualTo(Subject.DELIVERY_TIME);
  }

  @Test
  void whatIsNotDelayedHasNothingToTakeItBack() {
    String topic = newTopic(1, MessageKind.NORMAL);

    SendReceipt sent = send(List.of(Messages.plain(topic, "m"))).get(PATIENCE).getFirst();

    assertThat(sent.recallHandle()).isNull();
  }

  @Test
  void handlesThatAreNoneOfTheTopicsAreRefused() {
    String topic = newTopic(1, MessageKind.DELAY);
    String other = newTopic(1, MessageKind.DELAY);
    SendReceipt sent = sendDelayed(topic, "m");

    assertThat(failure(recalling(other, handle(sent))).category())
        .isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(failure(recalling(topic, "garbage")).category())
        .isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(failure(recalling(topic, "")).category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
  }

  @Test
  void aPriorityIsDeliveredWithItsMessage() {
    String topic = newTopic(4, MessageKind.PRIORITY);
    String group = newGroup(topic);

    send(List.of(message(topic, "high", Schedule.NOW, 3))).get(PATIENCE);
    send(List.of(message(topic, "beyond the queues", Schedule.NOW, 1000))).get(PATIENCE);
    send(List.of(message(topic, "low", Schedule.NOW, 0))).get(PATIENCE);
    send(List.of(Messages.plain(topic, "none"))).get(PATIENCE);

    assertThat(receiveSome(topic, group, Filter.ALL, 4))
        .extracting(Delivery::priority)
        .containsExactlyInAnyOrder(3, 1000, 0, OutboundMessage.NO_PRIORITY);
  }

  private Consumer<Completion<String>> recalling(String topic, String handle) {
    return done -> upstream.recall(topic, handle, done);
  }

  private SendReceipt sendDelayed(String topic, String body) {
    long at = System.currentTimeMillis() + DELAY.toMillis();
    return send(List.of(message(topic, body, new Schedule.At(at), OutboundMessage.NO_PRIORITY)))
        .get(PATIENCE)
        .getFirst();
  }

  private static String handle(SendReceipt receipt) {
    return Objects.requireNonNull(receipt.recallHandle(), "recall handle");
  }

  private static OutboundMessage message(
      String topic, String body, Schedule schedule, int priority) {
    return new OutboundMessage(
        topic,
        newName("ID"),
        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer(),
        BodyEncoding.IDENTITY,
        null,
        List.of(),
        null,
        Map.of(),
        System.currentTimeMillis(),
        "",
        schedule,
        priority);
  }
}
