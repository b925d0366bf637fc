package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.group.StartFrom;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.common.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands around handlers, and what is told of what it throws. */
class ConsumeInterceptorTest {
  private ConsumerFixture fixture;
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void connect(Ledger ledger) {
    fixture = new ConsumerFixture(SharedEngine.rocketmq5(), ledger);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private ConsumeInterceptor noting(String name) {
    return (messages, next) -> {
      seen.add("into " + name);
      ConsumeResult result = next.consume(messages);
      seen.add("out of " + name + ' ' + result);
      return result;
    };
  }

  private static ConsumeResult skipping(List<ReceivedMessage> all, ConsumeInterceptor.Next next)
      throws Exception {
    return all.getFirst().tag().filter("skip"::equals).isPresent()
        ? ConsumeResult.success()
        : next.consume(all);
  }

  @Test
  void interceptorsStandAroundEachCallInTheirOrderAndMayAnswerIt() {
    String topic = fixture.newTopic(1);
    fixture.send(topic, "skip", "skipped");
    fixture.send(topic, "take", "taken");
    fixture.start(
        fixture
            .options(topic)
            .persistInterval(Duration.ofMillis(200))
            .interceptor(noting("outer"))
            .interceptor(ConsumeInterceptorTest::skipping)
            .interceptor(noting("inner"))
            .orderedHandler(
                message -> {
                  seen.add(ConsumerFixture.body(message));
                  return ConsumeResult.success();
                }));

    ConsumerFixture.await().until(() -> fixture.committedInAll(topic) == 2);

    String success = ConsumeResult.success().toString();
    assertThat(seen)
        .containsExactly(
            "into outer",
            "out of outer " + success,
            "into outer",
            "into inner",
            "taken",
            "out of inner " + success,
            "out of outer " + success);
  }

  @Test
  void whatAnInterceptorOrAHandlerThrowsIsToldAndTheMessageComesAgain() {
    String topic = fixture.newTopic(1);
    Queue<String> uncaught = new ConcurrentLinkedQueue<>();
    ClientOptions client =
        ClientOptions.builder(fixture.nameServers)
            .instanceName(ConsumerFixture.instance())
            .uncaughtHandler(
                (thread, failure) -> {
                  uncaught.add(String.valueOf(failure.getMessage()));
                  throw new IllegalStateException("the handler for what is uncaught");
                })
            .build();
    fixture.send(new Message(topic, "one".getBytes(StandardCharsets.UTF_8)));
    fixture.send(new Message(topic, "two".getBytes(StandardCharsets.UTF_8)));
    fixture.start(
        PushConsumerOptions.builder(client, fixture.group)
            .subscribe(topic)
            .startFrom(StartFrom.first())
            .orderedPause(Duration.ofMillis(10))
            .interceptor(
                (messages, next) -> {
                  if (messages.getFirst().attempt() == 1) {
                    throw new IllegalStateException("the interceptor");
                  }
                  return next.consume(messages);
                })
            .orderedHandler(
                message -> {
                  if (message.attempt() == 2) {
                    throw new AssertionError("the handler");
                  }
                  seen.add(ConsumerFixture.body(message));
                  return ConsumeResult.success();
                }));

    ConsumerFixture.await().until(() -> seen.size() == 2);

    assertThat(seen).containsExactly("one", "two");
    assertThat(uncaught)
        .containsExactly("the interceptor", "the handler", "the interceptor", "the handler");
  }
}
