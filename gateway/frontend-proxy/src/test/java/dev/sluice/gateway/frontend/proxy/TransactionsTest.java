package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.proxy.CheckTransactionsRequest;
import dev.sluice.gateway.proto.proxy.EndTransactionRequest;
import dev.sluice.gateway.proto.proxy.EndTransactionResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageRequest;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageResponse;
import dev.sluice.gateway.proto.proxy.TransactionCheck;
import dev.sluice.gateway.proto.proxy.TransactionMode;
import dev.sluice.gateway.proto.proxy.TransactionResolution;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that are delivered when their transaction is committed. */
class TransactionsTest {

  private static final String TOPIC = "orders";

  private ProxyServer server;
  private Caller caller;
  private String producer;
  private Inbox inbox;

  @BeforeEach
  void start() throws Exception {
    server = ProxyServer.start();
    caller = new Caller(server.connect());
    producer = caller.producer(TOPIC);
    inbox = Inbox.reading(caller.channel(), caller.consumer(TOPIC, "g"));
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void aCallerThatKnowsNothingOfModesHasItsMessageCommittedAtOnce() throws Exception {
    SendTransactionMessageResponse sent = send(text().setTransCheckImmunityTime(5));

    assertThat(sent.getMessage()).isEmpty();
    assertThat(sent.getSuccess()).isTrue();
    assertThat(sent.getTransactionId()).isNotEmpty();
    assertThat(sent.getReceiptHandle()).isEqualTo(sent.getMessageId());
    Message received = inbox.next();
    assertThat(received.getMessageId()).isEqualTo(sent.getMessageId());
    assertThat(received.getMessageBody()).isEqualTo("text");
  }

  @Test
  void inManualModeTheCallerDecides() throws Exception {
    String dropped = send(manual("dropped")).getTransactionId();
    String kept = send(manual("kept")).getTransactionId();
    assertThat(inbox.waiting()).isZero();

    EndTransactionResponse rollback = end(dropped, TransactionResolution.ROLLBACK);
    EndTransactionResponse commit = end(kept, TransactionResolution.COMMIT);

    assertThat(rollback.getMessage()).isEmpty();
    assertThat(rollback.getSuccess()).isTrue();
    assertThat(commit.getSuccess()).isTrue();
    assertThat(inbox.next().getMessageBody()).isEqualTo("kept");
    assertThat(inbox.waiting()).isZero();
  }

  @Test
  void whatIsEndedCannotBeEndedInAnotherWay() {
    String id = send(manual("x")).getTransactionId();
    end(id, TransactionResolution.COMMIT);

    assertThat(end(id, TransactionResolution.COMMIT).getSuccess()).isTrue();
    EndTransactionResponse other = end(id, TransactionResolution.ROLLBACK);

    assertThat(other.getSuccess()).isFalse();
    assertThat(other.getFailureCode()).isEqualTo(FailureCode.FAILED_PRECONDITION);
  }

  @Test
  void whatStaysUndecidedIsAskedForWithAllThatWasSent() throws Exception {
    // given a checker
    var checks = checks(producer);
    String sent =
        send(manual("")
                .setRawBody(ByteString.copyFrom(new byte[] {0, -1}))
                .setTag("created")
                .setProperties(
                    MessageProperties.newBuilder()
                        .putProperties("userId", "7")
                        .setMessageKey("ORDER_1")
                        .setShardingKey("k"))
                .setTransCheckImmunityTime(1))
            .getMessageId();

    // when
    TransactionCheck check = checks.read(20, TimeUnit.SECONDS);

    // then
    assertThat(check).isNotNull();
    Message asked = check.getMessage();
    assertThat(asked.getMessageId()).isEqualTo(sent);
    assertThat(asked.getReceiptHandle()).isEmpty();
    assertThat(asked.getRawBody().toByteArray()).containsExactly(0, -1);
    assertThat(asked.getTag()).isEqualTo("created");
    assertThat(asked.getPropertiesMap())
        .containsEntry("userId", "7")
        .containsEntry("KEYS", "ORDER_1")
        .containsEntry("__SHARDINGKEY", "k")
        .hasSize(3);
    assertThat(end(check.getTransactionId(), TransactionResolution.COMMIT).getMessage()).isEmpty();
    assertThat(inbox.next().getMessageId()).isEqualTo(sent);
    checks.cancel("enough", null);
    await().untilAsserted(() -> assertThat(server.ledger.open(ResourceKinds.CHECKER)).isZero());
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(
            SendTransactionMessageRequest.newBuilder(),
            "message_body: empty (expected: 1 to 4194304 bytes)"),
        Arguments.of(text().setModeValue(7), "mode: 7 (expected: AUTO or MANUAL)"),
        Arguments.of(
            text().setTransCheckImmunityTime(-1),
            "trans_check_immunity_time: -1 (expected: 0 to 43200)"),
        Arguments.of(
            text().setProperties(MessageProperties.newBuilder().setTransCheckImmunityTime(43_201)),
            "properties.trans_check_immunity_time: 43201 (expected: 0 to 43200)"),
        Arguments.of(
            text().setProperties(MessageProperties.newBuilder().setStartDeliverTime(1)),
            "properties.start_deliver_time: 1 (expected: 0, as a transaction's message cannot be"
                + " delayed)"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aTransactionThatBreaksARuleIsRefusedByName(
      SendTransactionMessageRequest.Builder request, String text) {
    SendTransactionMessageResponse sent = send(request);

    assertThat(sent.getSuccess()).isFalse();
    assertThat(sent.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(sent.getMessage()).isEqualTo(text);
    assertThat(sent.getTransactionId()).isEmpty();
  }

  @Test
  void endsThatMakeNoSenseAreRefused() {
    String committed = send(text()).getTransactionId();

    assertThat(end(committed, TransactionResolution.UNRESOLVED).getMessage())
        .isEqualTo("resolution: 0 (expected: COMMIT or ROLLBACK)");
    assertThat(end("", TransactionResolution.COMMIT).getMessage())
        .isEqualTo("transaction_id: empty (expected: the one of a transaction in manual mode)");
    assertThat(end("nobody's", TransactionResolution.COMMIT).getFailureCode())
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(end(committed, TransactionResolution.ROLLBACK).getFailureCode())
        .isEqualTo(FailureCode.FAILED_PRECONDITION);
  }

  @Test
  void idsThatDoNotOpenEndTheCall() throws Exception {
    producer = "unknown";

    assertThatThrownBy(() -> send(text())).hasMessageStartingWith("NOT_FOUND: ");
    assertThatThrownBy(() -> end("t", TransactionResolution.COMMIT))
        .hasMessageStartingWith("NOT_FOUND: ");
    assertThatThrownBy(() -> checks(producer).read(20, TimeUnit.SECONDS))
        .isInstanceOf(StatusException.class)
        .hasMessageStartingWith("NOT_FOUND: ");
  }

  private static SendTransactionMessageRequest.Builder text() {
    return SendTransactionMessageRequest.newBuilder().setMessageBody("text");
  }

  private static SendTransactionMessageRequest.Builder manual(String body) {
    return text().setMessageBody(body).setMode(TransactionMode.MANUAL);
  }

  private SendTransactionMessageResponse send(SendTransactionMessageRequest.Builder request) {
    return caller.stub().sendTransactionMessage(request.setProducerId(producer).build());
  }

  private EndTransactionResponse end(String id, TransactionResolution resolution) {
    return caller
        .stub()
        .endTransaction(
            EndTransactionRequest.newBuilder()
                .setProducerId(producer)
                .setTransactionId(id)
                .setResolution(resolution)
                .build());
  }

  private BlockingClientCall<?, TransactionCheck> checks(String producerId) {
    return RocketMQProxyGrpc.newBlockingV2Stub(caller.channel())
        .checkTransactions(CheckTransactionsRequest.newBuilder().setProducerId(producerId).build());
  }
}
