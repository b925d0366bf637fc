package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RetryMessageRequest;
import dev.sluice.gateway.proto.proxy.RetryMessageResponse;
import dev.sluice.gateway.upstreams.ResourceKinds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The negative acknowledgement. */
class RetryMessageTest {

  private static final String TOPIC = "orders";
  private static final String GROUP = "billing";

  private ProxyServer server;
  private Caller caller;
  private String consumer;
  private Inbox inbox;

  @BeforeEach
  void start() throws Exception {
    server = ProxyServer.start();
    caller = new Caller(server.connect());
    consumer = caller.consumer(TOPIC, GROUP);
    inbox = Inbox.reading(caller.channel(), consumer);
    caller.send(caller.producer(TOPIC), "x");
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void theMessageComesAgainToTheSameStreamWithItsCountRaised() throws Exception {
    Message first = inbox.next();

    RetryMessageResponse retried = retry(first.getReceiptHandle(), 0);

    assertThat(retried.getMessage()).isEmpty();
    assertThat(retried.getSuccess()).isTrue();
    Message again = inbox.next();
    assertThat(again.getMessageId()).isEqualTo(first.getMessageId());
    assertThat(again.getReconsumeTimes()).isEqualTo(1);
    assertThat(caller.ack(consumer, again.getReceiptHandle()).getSuccess()).isTrue();
  }

  @Test
  void notBeforeItsDelay() throws Exception {
    Message first = inbox.next();
    long before = System.currentTimeMillis();

    retry(first.getReceiptHandle(), 1500);

    assertThat(inbox.next().getReconsumeTimes()).isEqualTo(1);
    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(before + 1500);
  }

  @Test
  void meanwhileItsCreditIsFree() throws Exception {
    retry(inbox.next().getReceiptHandle(), 60_000);

    assertThat(server.ledger.open(ResourceKinds.HELD_DELIVERY)).isZero();
  }

  @Test
  void theHandleIsUsedUpByIt() throws Exception {
    String handle = inbox.next().getReceiptHandle();
    retry(handle, 60_000);

    RetryMessageResponse twice = retry(handle, 60_000);

    assertThat(twice.getSuccess()).isFalse();
    assertThat(twice.getFailureCode()).isEqualTo(FailureCode.FAILED_PRECONDITION);
    assertThat(twice.getMessage()).contains("expired handle");
    assertThat(caller.ack(consumer, handle).getSuccess()).isFalse();
    assertThat(server.backend.unacknowledged(ProxyServer.ADDRESS, TOPIC, GROUP)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 43_200_001, Long.MAX_VALUE, Long.MIN_VALUE})
  void delaysBeyondTwelveHoursAreRefused(long delay) throws Exception {
    RetryMessageResponse retried = retry(inbox.next().getReceiptHandle(), delay);

    assertThat(retried.getSuccess()).isFalse();
    assertThat(retried.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(retried.getMessage()).isEqualTo("delay_ms: " + delay + " (expected: 0 to 43200000)");
  }

  @Test
  void whatIsNoHandleIsRefused() {
    assertThat(retry("", 0).getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(retry("nobody's", 0).getFailureCode()).isEqualTo(FailureCode.NOT_FOUND);
    assertThatThrownBy(
            () ->
                caller
                    .stub()
                    .retryMessage(RetryMessageRequest.newBuilder().setConsumerId("none").build()))
        .hasMessageStartingWith("NOT_FOUND: ");
  }

  private RetryMessageResponse retry(String handle, long delay) {
    return caller
        .stub()
        .retryMessage(
            RetryMessageRequest.newBuilder()
                .setConsumerId(consumer)
                .setReceiptHandle(handle)
                .setDelayMs(delay)
                .build());
  }
}
