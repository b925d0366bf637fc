package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusSnapshot.Health;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.testkit.LedgerCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deadlines: of what is published, and of the close, whatever stands in its way. */
public abstract class CloseContract extends DeadLetterContract {

  /** More than a loaded machine takes to notice that a deadline has passed. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REFUSE")
  protected void publishingEndsInTimeWhateverTheBrokerDoes(FaultyTransport.Fault fault) {
    List<String> topics = newTopics(1, 1);
    var time = Duration.ofMillis(300);
    Member member = start(options(newName("g"), topics).publishTimeout(time));
    member.transport().fail(topics.getFirst(), fault);

    long begin = System.nanoTime();
    CompletableFuture<Published> late = member.bus().publish(topics.getFirst(), numbered("k", 0));

    assertThat(category(late)).isEqualTo(Category.UNKNOWN_OUTCOME);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(time, time.plus(GRACE));
    assertThat(member.bus().inspect().publishing()).isZero();
  }

  /** How it failed. */
  protected static Category category(CompletableFuture<?> failed) {
    try {
      failed.get();
      throw new AssertionError("did not fail");
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(EventBusException.class);
      return e.getCause() instanceof EventBusException known ? known.category() : Category.INTERNAL;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  protected void whatIsClosedPublishesNothingAndCanBeClosedAgain() {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    EventBus bus = start(options(newName("g"), topics)).bus();
    publish(bus, topic, "k", 0, 1);

    CloseReport report = bus.close(patience());

    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(bus.close(patience())).isSameAs(report);
    assertThat(category(bus.publish(topic, numbered("k", 1)))).isEqualTo(Category.UNAVAILABLE);
    assertThat(category(bus.deadLetters().list(topic, null, 1))).isEqualTo(Category.UNAVAILABLE);
    assertThatThrownBy(
            () -> bus.subscribe(topic, SubscribeOptions.of(UNTIL_IT_WORKS), message -> {}))
        .isInstanceOf(EventBusException.class);
    assertThat(bus.inspect().health()).isEqualTo(Health.CLOSED);
  }

  @Test
  protected void closingWaitsForWhatIsBeingHandledAndCommitsIt() throws InterruptedException {
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    String group = newName("g");
    EventBus bus = start(options(group, topics)).bus();
    var begun = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var handled = new Handled();
    bus.subscribe(
        topic,
        SubscribeOptions.of(UNTIL_IT_WORKS),
        message -> {
          begun.countDown();
          release.await();
          handled.handle(message);
        });
    publish(bus, topic, "k", 0, 3);
    begun.await();
    patiently().until(() -> bus.inspect().subscriptions().getFirst().inFlight() == 3);
    // A sixth of it is the handlers', and they may be slow to hear that they may end.
    var closing = bus.closeAsync(Deadline.after(patience().multipliedBy(6)));
    release.countDown();

    CloseReport report = closing.toCompletableFuture().join();

    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(handled.of("k")).startsWith(0).hasSizeLessThan(3);
    int done = handled.of("k").size();
    assertThat(report.describe()).contains((3 - done) + " unresolved");
    EventBus next = start(options(group, topics)).bus();
    var rest = new Handled();
    next.subscribe(topic, SubscribeOptions.of(UNTIL_IT_WORKS), rest::handle);
    patiently().until(() -> rest.count() >= 3 - done);
    assertThat(rest.of("k")).containsExactlyElementsOf(Handled.upTo(3).subList(done, 3));
  }

  /** Everything at once; all that may be under way is. */
  @Test
  protected void underSiegeAllClosersGetOneReportInTime() throws InterruptedException {
    List<String> topics = newTopics(2, 1);
    var options = options(newName("g"), topics).publishing(100, 1 << 20);
    makeTopics(List.of(options.deadLetterTopic(topics.get(1))), 1);
    Member member = start(options);
    EventBus bus = member.bus();
    var release = new CountDownLatch(1);
    var stuck = new CountDownLatch(1);
    var failed = new CountDownLatch(1);
    bus.subscribe(
        topics.get(0),
        SubscribeOptions.of(UNTIL_IT_WORKS),
        message -> {
          stuck.countDown();
          awaitUninterruptibly(release);
        });
    bus.subscribe(
        topics.get(1),
        SubscribeOptions.of(FailurePolicy.deadLetter(1, Backoff.standard())),
        message -> {
          failed.countDown();
          throw new IllegalStateException("to the dead letters");
        });
    member.transport().fail(options.deadLetterTopic(topics.get(1)), FaultyTransport.Fault.HANG);
    publish(bus, topics.get(0), "k", 0, 2);
    publish(bus, topics.get(1), "k", 0, 2);
    stuck.await();
    failed.await();
    patiently().until(() -> bus.inspect().publishing() == 1); // the dead letter
    member.transport().fail(topics.get(0), FaultyTransport.Fault.HANG);
    List<CompletableFuture<Published>> hanging = new ArrayList<>();
    for (int i = 1; i < 100; i++) {
      hanging.add(bus.publish(topics.get(0), numbered("k", i)));
    }
    assertThat(category(bus.publish(topics.get(0), numbered("k", 0))))
        .isEqualTo(Category.OVERLOADED);
    member.transport().hangClose();

    var time = Duration.ofSeconds(3);
    long begin = System.nanoTime();
    Siege siege = Siege.of(bus, topics.get(0), 100, time);
    List<CloseReport> reports = siege.reports();
    var took = Duration.ofNanos(System.nanoTime() - begin);

    assertThat(took).isLessThan(time.plus(GRACE));
    assertThat(reports).hasSize(100).allSatisfy(each -> assertThat(each).isSameAs(reports.get(0)));
    CloseReport report = reports.get(0);
    assertThat(report.clean()).isFalse();
    assertThat(report.unfinished()).contains("publications", "group");
    assertThat(report.describe())
        .contains("unresolved, from offset", "handlers that have not returned", "-handler-1");
    // Programs have their answers on a thread of its own, which may be a moment later.
    patiently().until(() -> siege.published().stream().allMatch(CompletableFuture::isDone));
    patiently().until(() -> hanging.stream().allMatch(CompletableFuture::isCompletedExceptionally));
    assertThat(bus.inspect().publishing()).isZero();

    release.countDown();
    LedgerCheck.assertClean(ledger());
  }

  /** A hundred who close and a hundred who publish, all at once. */
  private record Siege(List<CloseReport> reports, List<CompletableFuture<Published>> published) {
    static Siege of(EventBus bus, String topic, int each, Duration time)
        throws InterruptedException {
      var begin = new CountDownLatch(1);
      var reports = new CopyOnWriteArrayList<CloseReport>();
      var published = new CopyOnWriteArrayList<CompletableFuture<Published>>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < each; i++) {
        int number = i;
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  awaitUninterruptibly(begin);
                  // One that blocks would not wait for a timer that is late.
                  var closing = bus.closeAsync(Deadline.after(time)).toCompletableFuture();
                  reports.add(closing.join());
                }));
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  awaitUninterruptibly(begin);
                  published.add(bus.publish(topic, numbered("p", number)));
                }));
      }
      begin.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      return new Siege(reports, published);
    }
  }

  /** Waits as a handler does that cannot be stopped. */
  protected static void awaitUninterruptibly(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException e) {
        // Ignored.
      }
    }
  }

  /** How often buses are made and closed before one looks for what they left. */
  protected int cycles() {
    return 20;
  }

  /** The leak test of the source document, requirement B10, which left 4446 threads behind. */
  @Test
  protected void fiveTopicsOverAndOverLeaveNothing() {
    List<String> topics = newTopics(5, 3);
    cycle(topics, 0);
    Set<Thread> before = Left.platformThreads();
    for (int i = 1; i < cycles(); i++) {
      cycle(topics, i);
    }
    assertThat(ledger().isEmpty()).as(ledger().toString()).isTrue();
    patiently().untilAsserted(() -> assertThat(before).containsAll(Left.platformThreads()));
  }

  private void cycle(List<String> topics, int cycle) {
    String group = newName("leak");
    EventBus bus = start(options(group, topics)).bus();
    var handled = new AtomicInteger();
    for (String topic : topics) {
      bus.subscribe(
          topic, SubscribeOptions.of(UNTIL_IT_WORKS), message -> handled.incrementAndGet());
      for (int i = 0; i < 20; i++) {
        assertThat(bus.publish(topic, OutboundMessage.of("k" + i, new byte[100])))
            .succeedsWithin(patience());
      }
    }
    patiently().until(() -> handled.get() >= 100);
    CloseReport report = bus.close(patience());
    assertThat(report.clean()).as("cycle " + cycle + ": " + report.describe()).isTrue();
  }
}
