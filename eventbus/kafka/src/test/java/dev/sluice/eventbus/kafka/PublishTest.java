package dev.sluice.eventbus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engines.TopicNames;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PublishTest {

  @Test
  void whatIsPublishedIsReadAsItWasInOrder(Ledger ledger) throws Exception {
    String topic = Broker.topic("published", 3);
    try (Member member = Member.start(Member.options(topic), ledger)) {
      // when
      List<CompletableFuture<Published>> published = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        published.add(
            member
                .transport()
                .publish(
                    topic,
                    new OutboundMessage("k" + i % 7, new byte[] {(byte) i}, Map.of("no", "" + i)),
                    Deadline.after(Member.PATIENCE)));
      }
      // then each is where its answer says, and those of a key follow each other
      Map<String, InboundMessage> found = new java.util.HashMap<>();
      Map<String, Integer> last = new java.util.HashMap<>();
      for (InboundMessage message : readAll(member, topic)) {
        found.put(message.position(), message);
        int number = Integer.parseInt(message.headers().getOrDefault("no", ""));
        assertThat(last.put(String.valueOf(message.key()), number))
            .satisfiesAnyOf(
                before -> assertThat(before).isNull(),
                before -> assertThat(before).isLessThan(number));
      }
      assertThat(found).hasSize(300);
      for (int i = 0; i < 300; i++) {
        Published place = get(published.get(i));
        String position = place.partition() + '@' + place.offset();
        assertThat(found).containsKey(position);
        InboundMessage message = Objects.requireNonNull(found.get(position));
        assertThat(message.body()).containsExactly((byte) i);
        assertThat(message.key()).isEqualTo("k" + i % 7);
      }
    }
  }

  /**
   * A broker refuses what comes before a new topic's partitions have, and knows no producer yet.
   */
  @Test
  void whatIsPublishedWhileATopicComesToBeIsStoredInOrder(Ledger ledger) throws Exception {
    try (Member member = Member.start(Member.options(TopicNames.unique("new")), ledger)) {
      for (int round = 0; round < 30; round++) {
        String topic = Broker.topicThatComesToBe("coming", 4);
        List<CompletableFuture<Published>> published = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
          published.add(member.publish(topic, "k" + i % 8, "v" + i));
        }
        Map<String, Long> last = new java.util.HashMap<>();
        for (int i = 0; i < published.size(); i++) {
          Published place = get(published.get(i));
          Long before = last.put("k" + i % 8, place.offset());
          assertThat(place.offset()).isGreaterThan(before == null ? -1 : before);
        }
      }
    }
  }

  private static List<InboundMessage> readAll(Member member, String topic) throws Exception {
    // In pages that end within and between partitions.
    List<InboundMessage> all = new ArrayList<>();
    org.awaitility.Awaitility.await()
        .atMost(Member.PATIENCE)
        .until(
            () -> {
              String from = all.isEmpty() ? null : all.getLast().position();
              List<InboundMessage> page =
                  member.transport().browse(topic, from, 70).toCompletableFuture().get();
              all.addAll(page);
              return page.isEmpty() && all.size() >= 300;
            });
    return all;
  }

  @Test
  void aTopicThatDoesNotExistIsNotFound(Ledger ledger) {
    String group = TopicNames.unique("absent");
    try (Member member = Member.start(Member.options(group), ledger)) {
      assertFails(member.publish(group + "-topic", "k", "v"), Category.NOT_FOUND)
          .hasMessageContaining(group + "-topic")
          .hasMessageContaining("KafkaOptions.newTopics");
      assertFails(
              member.transport().browse(group + "-topic", null, 10).toCompletableFuture(),
              Category.NOT_FOUND)
          .hasMessageContaining(group + "-topic");
    }
  }

  @Test
  void aTopicIsMadeWhereThatIsWanted(Ledger ledger) throws Exception {
    String topic = TopicNames.unique("made");
    KafkaOptions options = Member.options(topic).newTopics(4, 1);
    try (Member member = Member.start(options, ledger)) {
      List<CompletableFuture<Published>> published = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        published.add(member.publish(topic, "k" + i % 10, "v" + i));
      }
      for (CompletableFuture<Published> each : published) {
        assertThat(get(each).topic()).isEqualTo(topic);
      }
      assertThat(Broker.end(topic, 3)).isNotNegative();
    }
  }

  @Test
  void badMessagesAndTopicsAreNamed(Ledger ledger) {
    String topic = Broker.topic("bad", 1);
    try (Member member = Member.start(Member.options(topic), ledger)) {
      assertFails(
              member
                  .transport()
                  .publish(
                      topic,
                      OutboundMessage.of(new byte[2 << 20]),
                      Deadline.after(Member.PATIENCE)),
              Category.INVALID_ARGUMENT)
          .hasMessageContaining(topic)
          .hasMessageContaining("max.request.size");
      assertFails(member.publish("no topic", "k", "v"), Category.INVALID_ARGUMENT)
          .hasMessageContaining("no topic");
    }
  }

  @Test
  void nothingBlocksWhileNoBrokerAnswersAndWhatWasNeverWrittenIsSaidToBeSo(Ledger ledger) {
    // a port on which nothing listens
    KafkaOptions options =
        KafkaOptions.of(
            BusOptions.of(TopicNames.unique("nobody"), "t").publishTimeout(Duration.ofSeconds(2)),
            "127.0.0.1:1");
    try (Member member = Member.start(options, ledger)) {
      long before = System.nanoTime();
      List<CompletableFuture<Published>> all = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        all.add(
            member
                .transport()
                .publish(
                    "t", OutboundMessage.of(new byte[10]), Deadline.after(Duration.ofSeconds(2))));
      }
      // If each of them waited, if only for a tenth of a second, it would be more.
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(60));
      assertFails(all.getFirst(), Category.TIMEOUT).hasMessageContaining("topic t");
      assertThat(member.transport().health().up()).isFalse();
    }
  }

  @Test
  void whatWasNotSentAtTheEndIsSaidToBeSo(Ledger ledger) {
    KafkaOptions options =
        KafkaOptions.of(BusOptions.of(TopicNames.unique("nobody")), "127.0.0.1:1");
    Member member = Member.start(options, ledger);
    CompletableFuture<Published> pending = member.publish("t", "k", "v");
    member.close();
    assertFails(pending, Category.UNAVAILABLE).hasMessageContaining("closed");
    assertFails(member.publish("t", "k", "v"), Category.UNAVAILABLE);
  }

  @Test
  void theEndWaitsForWhatIsBeingFailedByOthers(Ledger ledger) throws Exception {
    KafkaOptions options =
        KafkaOptions.of(BusOptions.of(TopicNames.unique("nobody")), "127.0.0.1:1");
    Member member = Member.start(options, ledger);
    var failing = new CountDownLatch(1);
    var goOn = new CompletableFuture<Void>();
    // More than one caller fails at a time: a thread of the lane's own does so with the hundredth.
    for (int i = 0; i < 200; i++) {
      CompletableFuture<Published> late =
          member
              .transport()
              .publish(
                  "t", OutboundMessage.of(new byte[1]), Deadline.after(Duration.ofMillis(300)));
      if (i == 100) {
        var unused =
            late.whenComplete(
                (done, failure) -> {
                  failing.countDown();
                  goOn.join();
                });
      }
    }
    assertThat(failing.await(60, TimeUnit.SECONDS)).isTrue();
    // when the producer has gone, and a hundred have no answer yet
    CompletionStage<CloseReport> closing =
        member.transport().closeAsync(Deadline.after(Member.PATIENCE));
    org.awaitility.Awaitility.await()
        .atMost(Member.PATIENCE)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("eventbus-kafka-close")));
    goOn.complete(null);
    // then the end counts them as answered; the ledger is looked at after the test
    assertThat(closing.toCompletableFuture().get(60, TimeUnit.SECONDS).clean()).isTrue();
  }

  @Test
  void propertiesThatKafkaRefusesAreNamedAtOnce(Ledger ledger) {
    assertThatThrownBy(
            () ->
                KafkaTransport.create(
                    Member.options("g").property("fetch.min.bytes", "many"), ledger))
        .isInstanceOfSatisfying(
            EventBusException.class,
            e -> assertThat(e.category()).isEqualTo(Category.INVALID_ARGUMENT))
        .hasMessageContaining("fetch.min.bytes")
        .hasMessageContaining("many");
    assertThatThrownBy(
            () ->
                KafkaTransport.create(
                    Member.options("g").property("request.timeout.ms", "60000"), ledger))
        .hasMessageContaining("request.timeout.ms: 60000")
        .hasMessageContaining("publishTimeout");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertFails(
      CompletableFuture<?> future, Category category) {
    return assertThatThrownBy(() -> future.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            EventBusException.class, e -> assertThat(e.category()).as("%s", e).isEqualTo(category));
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(Member.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
