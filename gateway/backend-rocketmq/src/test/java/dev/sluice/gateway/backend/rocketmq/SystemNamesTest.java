package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.testing.Messages;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody gets at what brokers keep for themselves, which holds what others have sent. */
class SystemNamesTest {
  private static final Duration WAIT = Duration.ofSeconds(1);

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private UpstreamFixture fixture;

  @BeforeEach
  void start() {
    fixture = UpstreamFixture.start(LOOPS, SharedEngine.rocketmq5().nameServerAddress());
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RMQ_SYS_TRANS_HALF_TOPIC",
        "SCHEDULE_TOPIC_XXXX",
        "rmq_sys_wheel_timer",
        "TBW102",
        "wheel_timer"
      })
  void topicsOfTheBrokersOwnAreRefused(String topic) {
    var subscription =
        new Subscription(topic, "any", Filter.ALL, new Subscription.Start.Earliest());
    var receive = new ReceiveRequest(topic, "any", Filter.ALL, null, false, null, 1, WAIT, WAIT);
    var pull = new PullRequest(topic, "any", Filter.ALL, new QueueId("any", 0), 0, 1, WAIT);

    refused(
        Subject.TOPIC,
        (Completion<List<SendReceipt>> done) ->
            fixture.upstream.send(List.of(Messages.plain(topic, "m")), WAIT, done));
    refused(Subject.TOPIC, (Completion<Topology> done) -> fixture.upstream.topology(topic, done));
    refused(
        Subject.TOPIC, (Completion<Void> done) -> fixture.upstream.subscribe(subscription, done));
    refused(
        Subject.TOPIC,
        (Completion<List<Delivery>> done) -> fixture.upstream.receive(receive, done));
    refused(Subject.TOPIC, (Completion<Pulled> done) -> fixture.upstream.pull(pull, done));
  }

  @Test
  void groupsOfTheBrokersOwnAreRefused() {
    String group = "CID_RMQ_SYS_TRANS";
    var receive = new ReceiveRequest("any", group, Filter.ALL, null, false, null, 1, WAIT, WAIT);

    refused(
        Subject.GROUP,
        (Completion<List<Delivery>> done) -> fixture.upstream.receive(receive, done));
  }

  private static <T> void refused(Subject subject, Consumer<Completion<T>> call) {
    GatewayException failure = UpstreamFixture.outcome(call).failure(UpstreamFixture.PATIENCE);
    assertThat(failure.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(failure.subject()).isEqualTo(subject);
    assertThat(failure).hasMessageEndingWith("(expected: none of RocketMQ's own)");
  }
}
