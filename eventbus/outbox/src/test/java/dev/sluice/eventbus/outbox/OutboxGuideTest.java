package dev.sluice.eventbus.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.Envelope;
import dev.sluice.lifecycle.Ledger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The examples of the guide run, and are those that the guide shows. */
class OutboxGuideTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root", "../.."));
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void whatTheGuideShowsIsWhatRunsHere() throws Exception {
    String source =
        bare(
            Files.readString(
                ROOT.resolve(
                    "eventbus/outbox/src/test/java/dev/sluice/eventbus/outbox/GuideExamples.java")));
    Matcher block = JAVA.matcher(Files.readString(ROOT.resolve("docs/outbox.md")));
    int blocks = 0;
    while (block.find()) {
      assertThat(source).contains(bare(block.group(1)));
      blocks++;
    }
    assertThat(blocks).isEqualTo(3);
  }

  private static String bare(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  void theExamplesPublishAndHandleOnce(Ledger ledger) throws Exception {
    TestDatabase database = TestDatabases.h2();
    Outbox outbox = Outbox.in(OutboxDatabase.H2);
    database.reset(outbox);
    List<String> published = new CopyOnWriteArrayList<>();
    GuideExamples examples = new GuideExamples(database.connections(), ledger);
    try (OutboxRelay relay =
        examples.relay(
            outbox,
            (topic, event) -> {
              published.add(topic + ' ' + event.aggregateId());
              return CompletableFuture.completedFuture(topic);
            })) {
      examples.pay(outbox, new byte[] {1});
      Awaitility.await()
          .atMost(OutboxFixture.PATIENCE)
          .until(() -> published.contains("orders order-17"));
      assertThat(relay.inspect().failures()).isZero();
    }
    IdempotentConsumer once = IdempotentConsumer.in(OutboxDatabase.H2);
    Envelope event = Samples.event("order-17", 1);
    examples.handle(once, event);
    examples.handle(once, event);
    assertThat(examples.booked()).isEqualTo(1);
  }
}
