package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.AwaitMessages.Answer;
import dev.sluice.rocketmq.requests.PoppedMessage;
import dev.sluice.rocketmq.requests.SendReply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waits for messages that take none, at a real broker. */
class AwaitedMessagesTest {
  private static final long WAIT_MILLIS = 300;
  private static final long PATIENCE_MILLIS = 20_000;

  private final ClientFixture fixture =
      ClientFixture.start(SharedEngine.rocketmq5().nameServerAddress(), Ledger.create());
  private String topic = "";
  private String group = "";

  @BeforeEach
  void create() {
    topic = fixture.newTopic("await", 2);
    group = fixture.newGroup(false);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void send(String tag) {
    FutureReply.await(
        (Reply<SendReply> reply) ->
            fixture
                .client
                .sending()
                .send(
                    fixture.route(topic).writable(0),
                    ClientFixture.message("tag " + tag, Map.of("TAGS", tag)),
                    ClientFixture.TIMEOUT,
                    reply));
  }

  private void await(Filter filter, long waitMillis, Reply<Answer> reply) {
    fixture
        .client
        .popping()
        .await(
            fixture.route(topic).reader(0),
            group,
            topic,
            PopRequest.ANY_QUEUE,
            filter,
            false,
            waitMillis,
            reply);
  }

  private Answer await(Filter filter, long waitMillis) {
    return FutureReply.await(reply -> await(filter, waitMillis, reply));
  }

  @Test
  void aWaitEndsWithWhatMatchesAndTakesNothing() {
    assertThat(await(Filter.ALL, WAIT_MILLIS)).isEqualTo(Answer.NOTHING);
    send("c");
    assertThat(await(Filter.tags("a || b"), WAIT_MILLIS)).isEqualTo(Answer.NOTHING);
    assertThat(await(Filter.ALL, PATIENCE_MILLIS)).isEqualTo(Answer.MESSAGES);
    send("b");
    assertThat(await(Filter.tags("a || b"), PATIENCE_MILLIS)).isEqualTo(Answer.MESSAGES);

    List<PoppedMessage> popped =
        fixture.popAll(PopRequest.of(topic, group, 32, 30_000, 1_000), 2, Duration.ofSeconds(60));

    assertThat(popped).extracting(ClientFixture::body).containsExactly("tag c", "tag b");
  }

  @Test
  void whatIsSentLaterEndsAWait() throws Exception {
    var waiting = new FutureReply<Answer>();
    await(Filter.tags("a"), PATIENCE_MILLIS, waiting);
    send("b");
    send("a");

    assertThat(waiting.get(PATIENCE_MILLIS / 2, TimeUnit.MILLISECONDS)).isEqualTo(Answer.MESSAGES);
  }

  @Test
  void whatComesAgainEndsAWaitWhateverItsTag() {
    send("a");
    List<PoppedMessage> popped =
        fixture.popAll(PopRequest.of(topic, group, 32, 1_000, 1_000), 1, Duration.ofSeconds(60));
    assertThat(popped).hasSize(1);

    assertThat(await(Filter.tags("b"), PATIENCE_MILLIS)).isEqualTo(Answer.MESSAGES);
  }
}
