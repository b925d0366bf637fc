package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.core.ConsumerProgram.Task;
import dev.sluice.lifecycle.CloseReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The leak test of the source document, requirement B10, down to sockets and buffers: 5 topics of 3
 * partitions; a bus made, subscribed, used and closed, again and again. The transports are to be
 * the only ones in their process that have connections.
 */
public abstract class LeakContract extends ContractFixture {
  private static final int CYCLES = Integer.getInteger("sluice.cycles", 4);
  private static final int TOPICS = 5;
  private static final int PARTITIONS = 3;
  private static final int MESSAGES = 1000;

  /** What else this transport's client can leave behind, counted by name. */
  protected Map<String, Long> moreLeft() {
    return Map.of();
  }

  /** How much pools of the process that outlive each bus may grow by, however many cycles. */
  protected Map<String, Long> pooled() {
    return Map.of();
  }

  /** Looks for what members that have closed have left on the server. */
  protected void checkServer(String group, List<String> topics) throws Exception {}

  @Test
  @EnabledOnOs(OS.LINUX) // open sockets are counted in /proc
  protected void nothingIsLeftOfAnyCycle() throws Exception {
    BusOptions options = options(newName("g"), newTopics(TOPICS, PARTITIONS));
    cycle(options); // what is made once, and stays
    Left before = Left.now(moreLeft());
    for (int i = 0; i < CYCLES; i++) {
      cycle(options);
    }
    patiently().untilAsserted(() -> Left.now(moreLeft()).assertNoMoreThan(before, pooled()));
    System.out.println(CYCLES + " cycles: " + before + " before, " + Left.now(moreLeft()));
    assertThat(ledger().isEmpty()).as(ledger().toString()).isTrue();
    checkServer(options.group(), options.topics());
  }

  private void cycle(BusOptions options) throws Exception {
    EventBus bus = start(options).bus();
    var handled = new AtomicInteger();
    for (String topic : options.topics()) {
      bus.subscribe(
          topic, SubscribeOptions.of(Task.DRAIN.policy()), message -> handled.incrementAndGet());
    }
    List<CompletableFuture<Published>> published = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      published.add(bus.publish(options.topics().get(i % TOPICS), numbered("k" + i % 100, i)));
    }
    CompletableFuture.allOf(published.toArray(CompletableFuture<?>[]::new))
        .get(patience().toMillis(), TimeUnit.MILLISECONDS);
    patiently().until(() -> handled.get() >= MESSAGES);
    // What the ones before handled was committed by their close.
    assertThat(handled).hasValue(MESSAGES);
    CloseReport report = bus.close(patience());
    assertThat(report.clean()).as(report.describe()).isTrue();
  }
}
