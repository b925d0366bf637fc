package dev.sluice.gateway.spi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OpenTransaction;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.TransactionCheck;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.lifecycle.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every backend keeps that has transactions. */
public abstract class TransactionContractTest extends ContractTest {

  private static final Duration QUIET = Duration.ofSeconds(2);

  private final LinkedBlockingQueue<TransactionCheck> checks = new LinkedBlockingQueue<>();

  @Override
  void asked(TransactionCheck check) {
    checks.add(check);
  }

  @Test
  void capabilitiesSayThatThereAreTransactions() {
    assertThat(capabilities.transactions()).isTrue();
  }

  @Test
  void uncommittedMessageIsSeenByNobody() {
    String topic = newTopic(1, MessageKind.TRANSACTION);
    String group = newGroup(topic);

    OpenTransaction open = begin(Messages.plain(topic, "m"), "");

    assertThat(receive(request(topic, group, Filter.ALL, 1, QUIET))).isEmpty();
    end(open.handle(), Resolution.ROLLBACK);
  }

  @Test
  void committedMessageComesOnceAsItWasSent() {
    String topic = newTopic(2, MessageKind.TRANSACTION);
    String group = newGroup(topic);
    var message =
        new OutboundMessage(
            topic,
            newName("ID"),
            ByteBuffer.wrap(new byte[] {1, 2, 3}).asReadOnlyBuffer(),
            BodyEncoding.IDENTITY,
            "tag-1",
            List.of("key1", "key2"),
            null,
            Map.of("color", "blue"),
            System.currentTimeMillis() - 5000,
            "127.0.0.1:4321",
            Schedule.NOW);

    OpenTransaction open = begin(message, "a note");
    end(open.handle(), Resolution.COMMIT);
    Delivery delivery = receiveSome(topic, group, Filter.ALL, 1).getFirst();

    assertThat(open.messageId()).isEqualTo(message.id());
    assertThat(delivery.messageId()).isEqualTo(message.id());
    assertThat(delivery.body()).isEqualTo(message.body());
    assertThat(delivery.tag()).isEqualTo("tag-1");
    assertThat(delivery.keys()).containsExactly("key1", "key2");
    assertThat(delivery.properties()).isEqualTo(message.properties());
    assertThat(delivery.bornAt()).isEqualTo(message.bornAt());
    assertThat(delivery.attempt()).isOne();
    assertThat(ack(topic, group, List.of(delivery))).containsExactly(AckOutcome.OK);
    assertThat(receive(request(topic, group, Filter.ALL, 1, QUIET))).isEmpty();
  }

  @Test
  void rolledBackMessageNeverComesAndIsNotAskedFor() throws InterruptedException {
    String topic = newTopic(1, MessageKind.TRANSACTION);
    String group = newGroup(topic);
    OpenTransaction rolledBack = begin(Messages.plain(topic, "rolled back"), "first");
    end(rolledBack.handle(), Resolution.ROLLBACK);
    OpenTransaction open = begin(Messages.plain(topic, "open"), "second");

    TransactionCheck check = poll();
    // The first may have been asked for while it was being ended, but not once more.
    while (check.note().equals("first")) {
      check = poll();
    }
    end(check.handle(), Resolution.UNKNOWN);
    check = poll();

    assertThat(check.note()).isEqualTo("second");
    assertThat(check.message().id()).isEqualTo(open.messageId());
    end(check.handle(), Resolution.ROLLBACK);
    assertThat(receive(request(topic, group, Filter.ALL, 1, QUIET))).isEmpty();
  }

  @Test
  void openTransactionIsAskedForWithItsMessageAndNote() throws InterruptedException {
    String topic = newTopic(1, MessageKind.TRANSACTION);
    String group = newGroup(topic);
    OpenTransaction open = begin(Messages.tagged(topic, "asked for", "t"), "the note");

    TransactionCheck check = poll();
    end(check.handle(), Resolution.COMMIT);

    assertThat(check.note()).isEqualTo("the note");
    assertThat(check.message().topic()).isEqualTo(topic);
    assertThat(check.message().id()).isEqualTo(open.messageId());
    assertThat(check.message().tag()).isEqualTo("t");
    assertThat(Messages.text(check.message())).isEqualTo("asked for");
    assertThat(check.message().properties()).isEmpty();
    assertThat(receiveSome(topic, group, Filter.ALL, 1))
        .extracting(Messages::text)
        .containsExactly("asked for");
  }

  @Test
  void unknownEndLeavesItOpenAndItIsAskedForAgain() throws InterruptedException {
    String topic = newTopic(1, MessageKind.TRANSACTION);
    OpenTransaction open = begin(Messages.plain(topic, "m"), "");
    end(open.handle(), Resolution.UNKNOWN);

    TransactionCheck first = poll();
    end(first.handle(), Resolution.UNKNOWN);
    TransactionCheck second = poll();

    assertThat(second.message().id()).isEqualTo(first.message().id()).isEqualTo(open.messageId());
    end(second.handle(), Resolution.ROLLBACK);
  }

  @Test
  void firstCheckComesAfterItsTimeAndAnEndAfterThatStillCounts() throws InterruptedException {
    String topic = newTopic(1, MessageKind.TRANSACTION);
    String group = newGroup(topic);
    long begun = System.nanoTime();
    var outcome = new Outcome<OpenTransaction>();
    onLoop(
        () ->
            upstream.begin(
                Messages.plain(topic, "late"), "", Duration.ofSeconds(4), PATIENCE, outcome));
    OpenTransaction open = outcome.get(PATIENCE);

    TransactionCheck unanswered = poll();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(3500));
    assertThat(unanswered.message().id()).isEqualTo(open.messageId());
    end(open.handle(), Resolution.COMMIT);

    assertThat(receiveSome(topic, group, Filter.ALL, 1)).hasSize(1);
  }

  @Test
  void anotherUpstreamEndsIt() {
    String topic = newTopic(1, MessageKind.TRANSACTION);
    String group = newGroup(topic);
    OpenTransaction open = begin(Messages.plain(topic, "m"), "");
    Upstream other = backend().connect(spec());
    try {
      var _ = get(other::start);
      run(done -> other.end(open.handle(), Resolution.COMMIT, done));
    } finally {
      other.close(Deadline.after(Duration.ofSeconds(10)));
    }

    assertThat(receiveSome(topic, group, Filter.ALL, 1)).hasSize(1);
  }

  @Test
  void scheduledMessageIsRefused() {
    String topic = newTopic(1, MessageKind.TRANSACTION);
    var scheduled = Messages.scheduled(topic, "m", new Schedule.Level(1));

    GatewayException failure =
        failure(
            (Completion<OpenTransaction> done) ->
                upstream.begin(scheduled, "", Duration.ZERO, PATIENCE, done));

    assertThat(failure.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(failure.subject()).isEqualTo(Subject.DELIVERY_TIME);
  }

  @Test
  void handleOfNoTransactionIsRefused() {
    GatewayException failure =
        failure((Completion<Void> done) -> upstream.end("no such thing", Resolution.COMMIT, done));

    assertThat(failure.category()).isIn(ErrorCategory.NOT_FOUND, ErrorCategory.INVALID_ARGUMENT);
    assertThat(failure.subject()).isEqualTo(Subject.TRANSACTION);
  }

  private OpenTransaction begin(OutboundMessage message, String note) {
    return get(done -> upstream.begin(message, note, Duration.ZERO, PATIENCE, done));
  }

  private void end(String handle, Resolution resolution) {
    run(done -> upstream.end(handle, resolution, done));
  }

  private TransactionCheck poll() throws InterruptedException {
    TransactionCheck check = checks.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(check).as("a check").isNotNull();
    return check;
  }
}
