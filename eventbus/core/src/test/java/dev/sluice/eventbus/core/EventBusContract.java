package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.BusSnapshot.Health;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.MessageHandler;
import dev.sluice.eventbus.SubscribeOptions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a bus promises, over whichever broker. Each backend has a test class that extends this one
 * and gives it transports; its tests all share one broker.
 */
public abstract class EventBusContract extends CloseContract {

  @Test
  protected void onlyWhatIsDeclaredCanBeSubscribedToAndOnceAtATime() {
    List<String> topics = newTopics(1, 1);
    EventBus bus = start(options(newName("g"), topics)).bus();
    SubscribeOptions how = SubscribeOptions.of(UNTIL_IT_WORKS);
    bus.subscribe(topics.getFirst(), how, message -> {});

    assertThatThrownBy(() -> bus.subscribe("other", how, message -> {}))
        .isInstanceOf(EventBusException.class)
        .hasMessageContaining("topic: other");
    assertThatThrownBy(() -> bus.subscribe(topics.getFirst(), how, message -> {}))
        .isInstanceOf(EventBusException.class)
        .hasMessageContaining("one without a handler");
  }

  @Test
  protected void subscriptionsMadeBeforeTheStartAreAttachedByIt() {
    List<String> topics = newTopics(1, 1);
    EventBus bus = create(options(newName("g"), topics)).bus();
    var handled = new Handled();
    bus.subscribe(topics.getFirst(), SubscribeOptions.of(UNTIL_IT_WORKS), handled::handle);
    assertThat(bus.inspect().health()).isEqualTo(Health.NEW);
    assertThat(category(bus.publish(topics.getFirst(), numbered("k", 0))))
        .isEqualTo(Category.UNAVAILABLE);

    bus.start();
    publish(bus, topics.getFirst(), "k", 0, 3);

    patiently().until(() -> handled.count() == 3);
    patiently().until(() -> bus.inspect().health() == Health.UP);
    assertThatThrownBy(bus::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  protected void aSnapshotShowsWhatHoldsUpAPartition() throws InterruptedException {
    List<String> topics = newTopics(2, 1);
    EventBus bus = start(options(newName("g"), topics)).bus();
    var release = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    bus.subscribe(
        topics.getFirst(),
        SubscribeOptions.of(UNTIL_IT_WORKS),
        message -> {
          begun.countDown();
          release.await();
        });
    publish(bus, topics.getFirst(), "slow", 0, 3);
    begun.await();
    patiently().until(() -> bus.inspect().subscriptions().getFirst().inFlight() == 3);
    patiently()
        .until(
            () ->
                bus.inspect().held().stream().anyMatch(held -> held.topic().equals(topics.get(1))));

    var now = bus.inspect();
    release.countDown();

    var consumption = now.subscriptions().getFirst();
    assertThat(consumption.running()).isEqualTo(1);
    assertThat(consumption.waiting()).isEqualTo(2);
    var partition =
        consumption.partitions().stream()
            .filter(each -> each.unresolved() > 0)
            .findFirst()
            .orElseThrow();
    assertThat(partition.oldestKey()).isEqualTo("slow");
    assertThat(partition.frontierAge()).isPositive();
    assertThat(now.ledger().open("subscription")).isEqualTo(1);
    patiently()
        .untilAsserted(
            () -> assertThat(bus.inspect().subscriptions().getFirst().handled()).isEqualTo(3));
  }

  @Test
  protected void membersShareAGroupsTopicsAndNothingIsLost() {
    List<String> topics = newTopics(1, 4);
    String topic = topics.getFirst();
    String group = newName("g");
    Member first = start(options(group, topics));
    var handled = new Handled();
    first.bus().subscribe(topic, SubscribeOptions.of(UNTIL_IT_WORKS), handled::handle);
    for (int key = 0; key < 20; key++) {
      publish(first.bus(), topic, "k" + key, 0, 5);
    }
    Member second = start(options(group, topics));
    second.bus().subscribe(topic, SubscribeOptions.of(UNTIL_IT_WORKS), handled::handle);
    for (int key = 0; key < 20; key++) {
      publish(first.bus(), topic, "k" + key, 5, 5);
    }

    patiently()
        .untilAsserted(
            () -> {
              for (int key = 0; key < 20; key++) {
                assertThat(handled.of("k" + key)).containsAll(Handled.upTo(10));
              }
            });
  }

  /**
   * A handler whose partition is taken away in its midst, ignores that, and says that it is done
   * when the partition is another's, or its own again.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  protected void whatAZombieSaysCountsForNothing(boolean whileCutOff) throws InterruptedException {
    Assumptions.assumeTrue(canCutOff(), "members of this broker cannot be cut off");
    List<String> topics = newTopics(1, 1);
    String topic = topics.getFirst();
    String group = newName("g");
    Member zombie = start(options(group, topics));
    var begun = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var late = new CountDownLatch(1);
    var mended = new AtomicBoolean();
    var handled = new Handled();
    MessageHandler onceMended =
        message -> {
          if (!mended.get()) {
            throw new IllegalStateException("not yet");
          }
          handled.handle(message);
        };
    zombie
        .bus()
        .subscribe(
            topic,
            SubscribeOptions.of(UNTIL_IT_WORKS),
            message -> {
              if (begun.getCount() > 0) {
                begun.countDown();
                awaitUninterruptibly(release);
                late.countDown();
              } else {
                onceMended.handle(message);
              }
            });
    publish(zombie.bus(), topic, "k", 0, 3);
    begun.await();
    cutOff(zombie);
    Member heir = start(options(group, topics));
    heir.bus().subscribe(topic, SubscribeOptions.of(UNTIL_IT_WORKS), onceMended);
    patiently().until(() -> heir.bus().inspect().subscriptions().getFirst().retries() > 0);
    long rebalances = zombie.bus().inspect().rebalances();

    if (whileCutOff) {
      release.countDown();
      late.await();
      letBack(zombie);
    } else {
      letBack(zombie);
      release.countDown();
      late.await();
    }
    // Until it has heard that nothing is its any more, it goes on with what it had.
    patiently().until(() -> zombie.bus().inspect().rebalances() > rebalances);
    mended.set(true);

    // The first of them the zombie believes to have handled; its group does not.
    patiently().untilAsserted(() -> assertThat(handled.of("k")).contains(0, 1, 2));
    assertThat(handled.of("k").stream().distinct()).containsExactly(0, 1, 2);
  }
}
