package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two gateways with one cluster key before RocketMQ 4, where a message is known to nobody but the
 * gateway that delivered it.
 */
class GatewaysOn4Test {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration INVISIBLE = Duration.ofSeconds(6);
  private static final int MESSAGES = 40;

  private final String group = TopicNames.unique("group");

  @TempDir Path folder;

  private RunningGateway start(String name) throws IOException {
    return RunningGateway.before(
        SharedEngine.rocketmq4().nameServerAddress(),
        folder.resolve(name),
        Map.of(
            "CLUSTER_KEY",
            "b8".repeat(32),
            "INVISIBLE_DURATION",
            INVISIBLE.toSeconds() + "s",
            "MAX_ATTEMPTS",
            "2"));
  }

  @Test
  void theyShareAGroupAndResolveEachOthersMessages() throws Exception {
    try (RunningGateway one = start("one");
        RunningGateway other = start("other");
        Client here = Client.to(one.grpc());
        Client there = Client.to(other.grpc());
        Operator operator = Operator.of(one.upstream())) {
      String topic = operator.newTopic("gateways-on-4", 8, MessageType.UNSPECIFIED);
      String consumer = here.consumer(topic, group);
      Reader first = here.read(consumer).awaitOpen();
      Reader second = there.read(consumer).awaitOpen();
      String producer = here.producer(topic);

      // given what both have got, when the queues are shared
      List<String> sent = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () -> {
                List<String> more =
                    IntStream.range(sent.size(), sent.size() + MESSAGES)
                        .mapToObj(i -> "m" + i)
                        .toList();
                here.send(producer, more);
                sent.addAll(more);
                return !first.bodies().isEmpty() && !second.bodies().isEmpty();
              });

      // when each is acknowledged through the gateway that does not have it
      List<Message> ofOther = new ArrayList<>();
      patiently(
          () -> {
            for (Message message = take(second); message != null; message = take(second)) {
              ofOther.add(message);
              assertAcknowledged(here.tryAck(consumer, message.getReceiptHandle()));
            }
            for (Message message = take(first); message != null; message = take(first)) {
              assertAcknowledged(there.tryAck(consumer, message.getReceiptHandle()));
            }
            assertThat(Stream.concat(first.bodies().stream(), second.bodies().stream()))
                .containsAll(sent);
          });

      // then nothing is held any more, and nothing comes again
      patiently(() -> assertThat(one.open("held delivery") + other.open("held delivery")).isZero());
      assertThat(one.sample("sluice_forwarded_total")).isGreaterThanOrEqualTo(ofOther.size());

      // and what is kept is renewed, and what is given back comes again until it is a dead letter
      int before = first.messages().size() + second.messages().size();
      here.send(producer, "poison");
      Message poison = only("poison", 1, first, second).getFirst();
      await()
          .during(INVISIBLE.plusSeconds(3))
          .atMost(PATIENCE)
          .until(() -> first.messages().size() + second.messages().size() == before + 1);
      first.retry(here, poison, Duration.ZERO);
      Message again = only("poison", 2, first, second).getLast();
      assertThat(again.getMessageId()).isEqualTo(poison.getMessageId());
      assertThat(again.getReconsumeTimes()).isPositive();
      second.retry(there, again, Duration.ZERO);
      patiently(() -> assertThat(operator.read("%DLQ%" + group)).containsExactly("poison"));
      one.endsCleanly();
      other.endsCleanly();
    }
  }

  private static @Nullable Message take(Reader reader) throws InterruptedException {
    return reader.notTaken().isEmpty() ? null : reader.next();
  }

  /** All with this body, once there are so many. */
  private static List<Message> only(String body, int count, Reader... readers) {
    List<Message> found = new ArrayList<>();
    patiently(
        () -> {
          found.clear();
          for (Reader reader : readers) {
            reader.messages().stream()
                .filter(message -> message.getMessageBody().equals(body))
                .forEach(found::add);
          }
          assertThat(found).hasSize(count);
        });
    found.sort((a, b) -> Integer.compare(a.getReconsumeTimes(), b.getReconsumeTimes()));
    return found;
  }

  private static void assertAcknowledged(AckMessageResponse answer) {
    assertThat(answer.getSuccess()).as(answer.getMessage()).isTrue();
  }

  private static void patiently(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).untilAsserted(assertion);
  }
}
