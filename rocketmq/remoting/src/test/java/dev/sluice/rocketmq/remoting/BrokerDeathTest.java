package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.PopReply;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.testkit.GarbageServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that dies with calls pending, and comes back. */
class BrokerDeathTest {

  @ParameterizedTest
  @EnumSource
  void callsOfADeadBrokerEndOnceAndWorkGoesOnWhenItIsBack(
      RocketMQVersion version, @TempDir Path directory, Ledger ledger) throws Exception {
    try (RocketMQEngine engine =
            RocketMQEngine.in(directory).version(version).quickStart().ledger(ledger).start();
        ClientFixture fixture =
            ClientFixture.start(
                engine.nameServerAddress(),
                ledger,
                options -> options.reconnectDelay(Duration.ofMillis(50), Duration.ofMillis(500)))) {
      // given
      String topic = fixture.newTopic("mortal", 1);
      Route route = fixture.route(topic);
      assertThat(fixture.send(route.writable(0), "before").status())
          .isEqualTo(SendReply.Status.STORED);
      List<CountedReply<?>> waiting = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        waiting.add(wait(version, fixture.client, route.readable(0), "nobody" + i));
      }

      // when
      try (GarbageServer silent = GarbageServer.silent(ledger)) {
        Broker real = route.writable(0).broker();
        Endpoint through = new Endpoint("127.0.0.1", silent.port());
        TopicQueue queue =
            new TopicQueue(topic, new Broker(real.cluster(), real.name(), through, through), 0);
        CountedReply<SendReply> send = new CountedReply<>();
        fixture
            .client
            .sending()
            .send(queue, ClientFixture.message("perhaps", Map.of()), 20_000, send);
        // Until it is written it would not be unknown.
        Awaitility.await().until(() -> silent.received() > 0);
        engine.kill().toCompletableFuture().get();
        silent.closeAsync(Deadline.after(Duration.ofSeconds(30))).toCompletableFuture().get();

        // then
        assertThat(send.category()).isEqualTo(FailureCategory.UNKNOWN_OUTCOME);
        for (CountedReply<?> call : waiting) {
          call.await();
          assertThat(call.completions).hasValue(1);
          assertThat(!call.hasFailed() || call.category() == FailureCategory.UNAVAILABLE).isTrue();
        }
        assertThat(ledger.open("pending call")).isZero();
      }

      // and when
      engine.restart();

      // then
      Awaitility.await()
          .atMost(Duration.ofSeconds(40))
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(fixture.send(fixture.route(topic).writable(0), "after").status())
                      .isEqualTo(SendReply.Status.STORED));
      assertThat(
              fixture.pullAll(
                  fixture.route(topic).readable(0),
                  "survivors",
                  Filter.ALL,
                  0,
                  2,
                  Duration.ofSeconds(20)))
          .extracting(ClientFixture::body)
          .contains("before", "after");
      assertThat(fixture.closeClient().clean()).isTrue();
      engine.close(Deadline.after(Duration.ofSeconds(10)));
    }
  }

  /** A call that the broker keeps waiting: for messages after the first one. */
  private static CountedReply<?> wait(
      RocketMQVersion version, RemotingClient client, TopicQueue queue, String group) {
    if (version == RocketMQVersion.V4) {
      CountedReply<PullReply> pull = new CountedReply<>();
      client.pulling().pull(group, queue, 1, 1, 20_000, Filter.ALL, pull);
      return pull;
    }
    CountedReply<PopReply> pop = new CountedReply<>();
    client.popping().pop(PopRequest.of(queue.topic(), group, 1, 60_000, 20_000), pop);
    return pop;
  }
}
