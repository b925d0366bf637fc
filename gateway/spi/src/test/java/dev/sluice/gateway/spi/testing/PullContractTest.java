package dev.sluice.gateway.spi.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What every backend keeps when queues are read from offsets on. */
public abstract class PullContractTest extends ContractTest {

  private static final Duration SOON = Duration.ZERO;

  @Test
  void messagesAreReadInTheirOrderFromTheOffsetOnAndNobodyIsGivenThem() {
    String topic = newTopic(1, MessageKind.NORMAL);
    QueueId queue = queueOf(topic);
    for (int i = 0; i < 5; i++) {
      send(List.of(Messages.plain(topic, "m" + i))).get(PATIENCE);
    }

    for (int repeat = 0; repeat < 2; repeat++) {
      List<Delivery> messages = new ArrayList<>();
      long next = 1;
      while (messages.size() < 4) {
        Pulled pulled = pull(topic, queue, next, Filter.ALL, 3, PATIENCE);
        assertThat(pulled).isInstanceOf(Pulled.Found.class);
        messages.addAll(((Pulled.Found) pulled).messages());
        next = pulled.nextOffset();
      }
      assertThat(messages).extracting(Messages::text).containsExactly("m1", "m2", "m3", "m4");
      assertThat(messages).extracting(Delivery::offset).containsExactly(1L, 2L, 3L, 4L);
      assertThat(messages).extracting(Delivery::queue).containsOnly(queue);
      assertThat(messages).extracting(Delivery::handle).containsOnly("");
      assertThat(next).isEqualTo(5);
    }
  }

  @Test
  void aPullAtTheEndWaitsForWhatComes() {
    String topic = newTopic(1, MessageKind.NORMAL);
    QueueId queue = queueOf(topic);
    send(List.of(Messages.plain(topic, "a"))).get(PATIENCE);
    awaitEnd(topic, queue, 1);
    assertThat(pull(topic, queue, 1, Filter.ALL, 8, SOON)).isEqualTo(new Pulled.Nothing(1));
    var outcome = new Outcome<Pulled>();
    onLoop(() -> upstream.pull(request(topic, queue, 1, Filter.ALL, 8, PATIENCE), outcome));

    send(List.of(Messages.plain(topic, "b"))).get(PATIENCE);

    assertThat(outcome.get(PATIENCE))
        .isInstanceOfSatisfying(
            Pulled.Found.class,
            found -> {
              assertThat(found.messages()).extracting(Messages::text).containsExactly("b");
              assertThat(found.nextOffset()).isEqualTo(2);
            });
  }

  @Test
  void aPullWaitsNoLongerThanAsked() {
    String topic = newTopic(1, MessageKind.NORMAL);
    QueueId queue = queueOf(topic);
    long since = System.nanoTime();

    assertThat(pull(topic, queue, 0, Filter.ALL, 8, Duration.ofSeconds(1)))
        .isEqualTo(new Pulled.Nothing(0));

    assertThat(Duration.ofNanos(System.nanoTime() - since))
        .isBetween(Duration.ofMillis(900), PATIENCE);
  }

  @Test
  void anOffsetBeyondTheEndIsOutOfRangeAndTheNearestIsTold() {
    String topic = newTopic(1, MessageKind.NORMAL);
    QueueId queue = queueOf(topic);
    send(List.of(Messages.plain(topic, "a"))).get(PATIENCE);
    awaitEnd(topic, queue, 1);

    assertThat(pull(topic, queue, 100, Filter.ALL, 8, PATIENCE))
        .isEqualTo(new Pulled.OutOfRange(1));
    assertThat(
            failure(
                (Completion<Pulled> done) ->
                    upstream.pull(request(topic, queue, -1, Filter.ALL, 8, SOON), done)))
        .satisfies(is(ErrorCategory.INVALID_ARGUMENT, Subject.OFFSET));
  }

  @Test
  void whatTheFilterDoesNotWantIsPassedOver() {
    String topic = newTopic(1, MessageKind.NORMAL);
    QueueId queue = queueOf(topic);
    for (String tag : List.of("x", "y", "x")) {
      send(List.of(Messages.tagged(topic, tag, tag))).get(PATIENCE);
    }
    awaitEnd(topic, queue, 3);

    Pulled found =
        pull(topic, queue, 0, new Filter(Filter.Type.TAG, "y||z"), 8, Duration.ofSeconds(5));
    Pulled nothing = pull(topic, queue, 0, new Filter(Filter.Type.TAG, "z"), 8, SOON);

    assertThat(found)
        .isInstanceOfSatisfying(
            Pulled.Found.class,
            some -> assertThat(some.messages()).extracting(Messages::text).containsExactly("y"));
    assertThat(found.nextOffset()).isBetween(2L, 3L);
    assertThat(nothing).isEqualTo(new Pulled.Nothing(3));
  }

  @Test
  void aQueueHasABeginningAnEndAndTimesBetween() {
    String topic = newTopic(1, MessageKind.NORMAL);
    QueueId queue = queueOf(topic);
    assertThat(end(topic, queue)).isZero();
    send(List.of(Messages.plain(topic, "a"))).get(PATIENCE);
    send(List.of(Messages.plain(topic, "b"))).get(PATIENCE);
    awaitEnd(topic, queue, 2);

    long first = get(done -> upstream.offsets().first(topic, queue, done));
    long at0 = get(done -> upstream.offsets().at(topic, queue, 0, done));
    long atFuture =
        get(
            done ->
                upstream.offsets().at(topic, queue, System.currentTimeMillis() + 3_600_000, done));

    assertThat(first).isZero();
    assertThat(at0).isZero();
    assertThat(atFuture).isEqualTo(2);
  }

  @Test
  void howFarAGroupIsIsKeptForEachOfItsQueues() {
    String topic = newTopic(1, MessageKind.NORMAL);
    QueueId queue = queueOf(topic);
    String group = newName(GROUP_PREFIX);
    send(List.of(Messages.plain(topic, "a"))).get(PATIENCE);
    awaitEnd(topic, queue, 1);
    assertThat(committed(group, topic, queue)).isEmpty();

    run(done -> upstream.offsets().commit(group, topic, queue, 1, done));

    assertThat(committed(group, topic, queue)).hasValue(1);
    assertThat(committed(newName(GROUP_PREFIX), topic, queue)).isEmpty();
    for (long offset : new long[] {-1, 2}) {
      assertThat(
              failure(
                  (Completion<Void> done) ->
                      upstream.offsets().commit(group, topic, queue, offset, done)))
          .satisfies(is(ErrorCategory.INVALID_ARGUMENT, Subject.OFFSET));
    }
    assertThat(committed(group, topic, queue)).hasValue(1);
  }

  @Test
  void queuesThatAreNotThereAreToldApart() {
    String topic = newTopic(2, MessageKind.NORMAL);
    String node = queueOf(topic).node();
    fails(newName("missing"), new QueueId(node, 0), ErrorCategory.NOT_FOUND, Subject.TOPIC);
    fails(topic, new QueueId("elsewhere", 0), ErrorCategory.UNAVAILABLE, Subject.NONE);
    fails(topic, new QueueId(node, 2), ErrorCategory.INVALID_ARGUMENT, Subject.QUEUE);
    fails(topic, new QueueId(node, QueueId.ANY), ErrorCategory.INVALID_ARGUMENT, Subject.QUEUE);
  }

  private void fails(String topic, QueueId queue, ErrorCategory category, Subject subject) {
    String group = newName(GROUP_PREFIX);
    assertThat(
            failure(
                (Completion<Pulled> done) ->
                    upstream.pull(request(topic, queue, 0, Filter.ALL, 8, SOON), done)))
        .satisfies(is(category, subject));
    assertThat(failure((Completion<Long> done) -> upstream.offsets().first(topic, queue, done)))
        .satisfies(is(category, subject));
    assertThat(
            failure(
                (Completion<OptionalLong> done) ->
                    upstream.offsets().committed(group, topic, queue, done)))
        .satisfies(is(category, subject));
    assertThat(
            failure(
                (Completion<Void> done) -> upstream.offsets().commit(group, topic, queue, 0, done)))
        .satisfies(is(category, subject));
  }

  private static Consumer<GatewayException> is(ErrorCategory category, Subject subject) {
    return failure -> {
      assertThat(failure.category()).as(failure.getMessage()).isEqualTo(category);
      assertThat(failure.subject()).as(failure.getMessage()).isEqualTo(subject);
    };
  }

  @Test
  void aPullThatIsCancelledEndsOnce() {
    String topic = newTopic(1, MessageKind.NORMAL);
    QueueId queue = queueOf(topic);
    var outcome = new Outcome<Pulled>();
    var calls = Collections.synchronizedList(new ArrayList<Cancellable>());
    onLoop(
        () -> calls.add(upstream.pull(request(topic, queue, 0, Filter.ALL, 8, PATIENCE), outcome)));

    calls.getFirst().cancel();
    calls.getFirst().cancel();

    assertThat(outcome.failure(PATIENCE).category()).isEqualTo(ErrorCategory.CANCELLED);
    assertThat(outcome.calls()).isOne();
  }

  @Test
  void closingEndsPullsThatWaitAndRefusesWhatComesLater() {
    String topic = newTopic(1, MessageKind.NORMAL);
    QueueId queue = queueOf(topic);
    PullRequest request = request(topic, queue, 0, Filter.ALL, 8, PATIENCE);
    var waiting = new Outcome<Pulled>();
    onLoop(() -> upstream.pull(request, waiting));

    var report = upstream.close(Deadline.after(Duration.ofSeconds(15)));

    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(waiting.failure(PATIENCE).category())
        .isIn(ErrorCategory.UNAVAILABLE, ErrorCategory.CANCELLED);
    assertThat(failure((Completion<Pulled> done) -> upstream.pull(request, done)).category())
        .isEqualTo(ErrorCategory.UNAVAILABLE);
  }

  private QueueId queueOf(String topic) {
    Topology topology = get(done -> upstream.topology(topic, done));
    return topology.queues().getFirst().id();
  }

  private long end(String topic, QueueId queue) {
    return get(done -> upstream.offsets().end(topic, queue, done));
  }

  /** Messages may be stored a moment before their queue has them. */
  private void awaitEnd(String topic, QueueId queue, long expected) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(end(topic, queue)).isEqualTo(expected));
  }

  private OptionalLong committed(String group, String topic, QueueId queue) {
    return get(done -> upstream.offsets().committed(group, topic, queue, done));
  }

  private PullRequest request(
      String topic, QueueId queue, long offset, Filter filter, int max, Duration wait) {
    return new PullRequest(topic, GROUP_PREFIX + "puller", filter, queue, offset, max, wait);
  }

  private Pulled pull(
      String topic, QueueId queue, long offset, Filter filter, int max, Duration wait) {
    return get(done -> upstream.pull(request(topic, queue, offset, filter, max, wait), done));
  }
}
