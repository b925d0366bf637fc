package dev.sluice.gateway.spi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What every backend keeps about receives: what they give, how long they wait, how they end. */
public abstract class ReceivingContractTest extends ContractTest {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final Filter A = new Filter(Filter.Type.TAG, "a");
  private static final Filter BOTH = new Filter(Filter.Type.TAG, "a||b");

  @Test
  void onlyWhatTheTagFilterNamesIsHandedOut() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic, new Filter(Filter.Type.TAG, "a||c"));
    for (String tag : List.of("a", "b", "c")) {
      send(List.of(Messages.tagged(topic, tag, tag))).get(PATIENCE);
    }
    send(List.of(Messages.plain(topic, "none"))).get(PATIENCE);

    var filter = new Filter(Filter.Type.TAG, "a||c");
    assertThat(receiveSome(topic, group, filter, 2))
        .extracting(Messages::text)
        .containsExactlyInAnyOrder("a", "c");
    assertThat(receive(request(topic, group, filter, 10, Duration.ofSeconds(1)))).isEmpty();
  }

  @Test
  void emptyReceiveWaitsAsLongAsAsked() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    long start = System.nanoTime();
    assertThat(receive(request(topic, group, Filter.ALL, 1, Duration.ofSeconds(2)))).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(1500), PATIENCE);
  }

  @Test
  void waitingReceiveEndsWhenAMessageComes() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    var outcome = new Outcome<List<Delivery>>();
    onLoop(
        () ->
            upstream.receive(
                request(topic, group, Filter.ALL, 8, Duration.ofSeconds(20)), outcome));
    send(List.of(Messages.plain(topic, "m"))).get(PATIENCE);
    assertThat(outcome.get(Duration.ofSeconds(15))).extracting(Messages::text).containsExactly("m");
  }

  @Test
  void noMoreIsHandedOutThanAskedFor() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    send(plain(topic, 10)).get(PATIENCE);
    assertThat(receiveOnceSome(topic, group, 3)).hasSizeBetween(1, 3);
  }

  @Test
  void cancelledReceiveEndsOnce() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    var outcome = new Outcome<List<Delivery>>();
    var calls = Collections.synchronizedList(new ArrayList<Cancellable>());
    onLoop(
        () ->
            calls.add(
                upstream.receive(
                    request(topic, group, Filter.ALL, 1, Duration.ofSeconds(20)), outcome)));
    calls.getFirst().cancel();
    calls.getFirst().cancel();
    assertThat(outcome.failure(Duration.ofSeconds(15)).category())
        .isEqualTo(ErrorCategory.CANCELLED);
    assertThat(outcome.calls()).isOne();
  }

  @Test
  void closeEndsWaitingReceivesAndRefusesWhatComesLater() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    var waiting = new Outcome<List<Delivery>>();
    onLoop(
        () ->
            upstream.receive(
                request(topic, group, Filter.ALL, 1, Duration.ofSeconds(20)), waiting));

    CloseReport report = upstream.close(Deadline.after(Duration.ofSeconds(15)));

    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(waiting.failure(PATIENCE).category())
        .isIn(ErrorCategory.UNAVAILABLE, ErrorCategory.CANCELLED);
    assertThat(send(plain(topic, 1)).failure(PATIENCE).category())
        .isEqualTo(ErrorCategory.UNAVAILABLE);
  }

  /** The outcome of a receive of {@code a}, which ends in the given way while it waits. */
  private Outcome<List<Delivery>> ended(ReceiveRequest request, Consumer<Receiving> ending) {
    var outcome = new Outcome<List<Delivery>>();
    var calls = Collections.synchronizedList(new ArrayList<Receiving>());
    onLoop(() -> calls.add(upstream.receive(request, outcome)));
    ending.accept(calls.getFirst());
    return outcome;
  }

  /** What an old receive of {@code a} alone would pass over when the second message wakes it. */
  private void sendBoth(String topic) {
    send(List.of(Messages.tagged(topic, "of b", "b"))).get(PATIENCE);
    send(List.of(Messages.tagged(topic, "of a", "a"))).get(PATIENCE);
  }

  private List<String> receiveBoth(String topic, String group) {
    return receiveSome(topic, group, BOTH, 2).stream().map(Messages::text).toList();
  }

  @Test
  void hastenedReceiveEndsSoonWithNothingAndPassesOverNothingAfterwards() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic, A);

    var outcome = ended(request(topic, group, A, 8, Duration.ofSeconds(20)), Receiving::hasten);

    assertThat(outcome.get(SOON)).isEmpty();
    sendBoth(topic);
    assertThat(receiveBoth(topic, group)).containsExactlyInAnyOrder("of b", "of a");
    assertThat(outcome.calls()).isOne();
  }

  @Test
  void cancelledReceivePassesOverNothingAfterItsEnd() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic, A);

    var outcome = ended(request(topic, group, A, 8, Duration.ofSeconds(20)), Receiving::cancel);

    assertThat(outcome.failure(SOON).category()).isEqualTo(ErrorCategory.CANCELLED);
    sendBoth(topic);
    assertThat(receiveBoth(topic, group)).containsExactlyInAnyOrder("of b", "of a");
  }

  @Test
  void hastenedOrderedReceiveEndsSoonAndPassesOverNothingAfterwards() {
    String topic = newTopic(1, MessageKind.FIFO);
    String group = newGroup(topic, A);
    var ordered =
        new ReceiveRequest(
            topic,
            group,
            A,
            null,
            true,
            "attempt",
            8,
            Duration.ofSeconds(20),
            Duration.ofMinutes(1));

    assertThat(ended(ordered, Receiving::hasten).get(SOON)).isEmpty();
    sendBoth(topic);
    assertThat(receiveBoth(topic, group)).containsExactlyInAnyOrder("of b", "of a");
  }

  @Test
  void receiveThatHasWhatItWantsIsNotHarmedByHaste() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic, A);
    sendBoth(topic);

    var outcome = ended(request(topic, group, A, 8, Duration.ofSeconds(20)), Receiving::hasten);

    var all = new ArrayList<>(outcome.get(SOON));
    if (all.isEmpty()) {
      all.addAll(receiveSome(topic, group, A, 1));
    }
    assertThat(all).extracting(Messages::text).containsExactly("of a");
  }
}
