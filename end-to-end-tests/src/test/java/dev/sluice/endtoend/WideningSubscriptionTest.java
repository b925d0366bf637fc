package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.MessageToSend;
import dev.sluice.gateway.proto.proxy.StartPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Streams of one group whose tags come one after the other, while those before wait for messages at
 * a real broker for as long as they may: what is sent once a stream is open is not passed over.
 */
class WideningSubscriptionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String KEY = "c3".repeat(32);

  /** Longer than all that is waited for here. */
  private static final Map<String, String> LONG_WAITS = Map.of("PULL_TIMEOUT", "5m");

  private final String topic = "widening-" + UUID.randomUUID();
  private final String group = "widening-" + UUID.randomUUID();

  @TempDir Path folder;

  private RunningGateway start(String name) throws IOException {
    var settings = new HashMap<>(LONG_WAITS);
    settings.put("UPSTREAM", SharedEngine.rocketmq5().nameServerAddress());
    settings.put("DATA_DIR", folder.resolve(name).toString());
    settings.put("CLUSTER_KEY", KEY);
    return RunningGateway.start(settings);
  }

  private Reader open(Client client, String tags, boolean ordered) throws InterruptedException {
    String consumer =
        client.consumer(
            CreateConsumerRequest.newBuilder()
                .setTopic(topic)
                .setGroupId(group)
                .setTagExpression(tags)
                .setOrdered(ordered)
                .setStartPosition(StartPosition.LATEST)
                .build());
    return client.read(consumer).acknowledging().awaitOpen();
  }

  private String producer(Client client) {
    return client.producer(CreateProducerRequest.newBuilder().setTopic(topic).build());
  }

  /** Of each tag in turn, so that what wakes one stream lies behind what another one wants. */
  private static List<MessageToSend.Builder> rounds(int count, String round, String... tags) {
    List<MessageToSend.Builder> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (String tag : tags) {
        messages.add(MessageToSend.newBuilder().setTag(tag).setMessageBody(tag + round + i));
      }
    }
    return messages;
  }

  private static List<String> bodies(String tag, String round, int count) {
    return rounds(count, round, tag).stream().map(MessageToSend.Builder::getMessageBody).toList();
  }

  private static void awaitAll(Reader reader, List<String> bodies) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(reader.bodies()).containsExactlyInAnyOrderElementsOf(bodies));
  }

  @Test
  void whatIsSentWhenAStreamIsOpenComesWhateverWasWaitedForBefore() throws Exception {
    try (RunningGateway gateway = start("one");
        Client client = Client.to(gateway.grpc())) {
      String producer = producer(client);
      Reader a = open(client, "a", false);
      client.sendAll(producer, rounds(1, "-first-", "b", "a"));
      awaitAll(a, bodies("a", "-first-", 1));

      Reader b = open(client, "b", false);
      client.sendAll(producer, rounds(20, "-second-", "b", "a"));
      awaitAll(b, bodies("b", "-second-", 20));

      Reader c = open(client, "c", false);
      client.sendAll(producer, rounds(20, "-third-", "c", "b", "a"));
      awaitAll(c, bodies("c", "-third-", 20));
      List<String> ofB = new ArrayList<>(bodies("b", "-second-", 20));
      ofB.addAll(bodies("b", "-third-", 20));
      awaitAll(b, ofB);
      assertThat(c.messages()).extracting(Message::getReconsumeTimes).containsOnly(0);
    }
  }

  @Test
  void streamsThatComeAndGoAllTheTimeMissNothing() throws Exception {
    try (RunningGateway gateway = start("busy");
        Client client = Client.to(gateway.grpc())) {
      String producer = producer(client);
      Reader staying = open(client, "a", false);
      List<String> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        String round = "-" + i + "-";
        String tag = "t" + i;
        Reader coming = open(client, tag, false);
        client.sendAll(producer, rounds(4, round, tag, "a"));
        awaitAll(coming, bodies(tag, round, 4));
        all.addAll(bodies("a", round, 4));
        coming.cancel();
      }
      awaitAll(staying, all);
    }
  }

  @Test
  void orderedStreamsToo() throws Exception {
    try (RunningGateway gateway = start("ordered");
        Client client = Client.to(gateway.grpc())) {
      String producer = producer(client);
      Reader a = open(client, "a", true);
      Reader b = open(client, "b", true);
      client.sendAll(producer, rounds(10, "-", "b", "a"));
      awaitAll(b, bodies("b", "-", 10));
      awaitAll(a, bodies("a", "-", 10));
    }
  }

  @Test
  void anotherGatewayGoesOnWithSomethingElseAsSoonAsTheLastStreamHasGone() throws Exception {
    try (RunningGateway one = start("first");
        RunningGateway two = start("second");
        Client here = Client.to(one.grpc());
        Client there = Client.to(two.grpc())) {
      String producer = producer(here);
      open(here, "a", false).cancel();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  there
                      .stub()
                      .createConsumer(
                          CreateConsumerRequest.newBuilder()
                              .setTopic(topic)
                              .setGroupId(group)
                              .setTagExpression("b")
                              .build())
                      .getSuccess());

      Reader b = open(there, "b", false);
      here.sendAll(producer, rounds(20, "-", "b", "a"));
      awaitAll(b, bodies("b", "-", 20));
    }
  }
}
