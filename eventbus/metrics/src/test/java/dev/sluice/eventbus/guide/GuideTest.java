package dev.sluice.eventbus.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.Subscription;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of docs/event-bus.md run, and are those that it shows. */
class GuideTest {

  private static final Path ROOT = Path.of(System.getProperty("sluice.root", "../.."));
  private static final String EXAMPLES =
      "eventbus/metrics/src/test/java/dev/sluice/eventbus/guide/GuideExamples.java";
  private static final Pattern REGIONS =
      Pattern.compile(" *// @start region=\"(\\w+)\"\\R(.*?)\\R\\R *// @end", Pattern.DOTALL);
  private static final Pattern BLOCKS =
      Pattern.compile("(?:<!-- (\\w+) -->\\R)?```java\\R(.*?)\\R```", Pattern.DOTALL);

  @Test
  void thePageShowsTheExamplesThatRun() throws IOException {
    Map<String, String> shown = new LinkedHashMap<>();
    String page = Files.readString(ROOT.resolve("docs/event-bus.md"));
    for (MatchResult block : BLOCKS.matcher(page).results().toList()) {
      shown.put(
          Optional.ofNullable(block.group(1)).orElse("a block without a name"), block.group(2));
    }
    Map<String, String> examples = new LinkedHashMap<>();
    REGIONS
        .matcher(Files.readString(ROOT.resolve(EXAMPLES)))
        .results()
        .forEach(region -> examples.put(region.group(1), region.group(2).stripIndent()));

    assertThat(examples).hasSizeGreaterThan(6);
    assertThat(shown).containsExactlyInAnyOrderEntriesOf(examples);
  }

  @Test
  void anOrderIsPlacedHandledDeadLetteredAndReplayed() {
    EventBus bus = GuideExamples.shop();
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    Subscription orders = GuideExamples.consume(bus, seen);

    assertThat(GuideExamples.place(bus).topic()).isEqualTo("orders");
    await().until(() -> seen.contains("order.placed of order:4711"));

    Envelope empty = Envelope.of("order:4712", "order.placed", 1, new byte[0]);
    assertThat(GuideExamples.tell(bus, empty)).isEqualTo("stored");
    await().until(() -> bus.inspect().subscriptions().getFirst().deadLettered() == 1);
    assertThat(orders.parked()).isEmpty();
    assertThat(GuideExamples.replay(bus)).isEqualTo(1);
    assertThat(GuideExamples.observe(bus, new SimpleMeterRegistry())).isEqualTo("[]");

    assertThat(GuideExamples.stop(bus)).isTrue();
    assertThat(GuideExamples.tell(bus, empty)).isEqualTo("nothing was done: try again later");
  }

  @Test
  void whatIsParkedIsRetriedOrSkipped() {
    EventBus bus = GuideExamples.shop();
    var mended = new AtomicBoolean();
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    Subscription payments =
        bus.subscribe(
            "payments",
            SubscribeOptions.of(FailurePolicy.park(1, Backoff.fixed(Duration.ZERO))),
            message -> {
              if ("lost".equals(message.key())) {
                throw new IllegalStateException("no such account");
              }
              if (!mended.get()) {
                throw new IllegalStateException("the bank is closed");
              }
              seen.add(String.valueOf(message.key()));
            });
    assertThat(bus.publish("payments", OutboundMessage.of("lost", new byte[1]))).isNotNull();
    assertThat(bus.publish("payments", OutboundMessage.of("late", new byte[1]))).isNotNull();
    await().until(() -> payments.parked().size() == 2);
    mended.set(true);

    GuideExamples.lookAfter(payments);

    await().until(() -> seen.contains("late") && payments.parked().isEmpty());
    assertThat(GuideExamples.stop(bus)).isTrue();
    assertThat(bus.inspect().subscriptions().getFirst().skipped()).isEqualTo(1);
  }
}
