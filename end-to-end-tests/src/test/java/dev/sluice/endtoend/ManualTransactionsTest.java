package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.CheckTransactionsRequest;
import dev.sluice.gateway.proto.proxy.EndTransactionRequest;
import dev.sluice.gateway.proto.proxy.EndTransactionResponse;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageRequest;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageResponse;
import dev.sluice.gateway.proto.proxy.TransactionCheck;
import dev.sluice.gateway.proto.proxy.TransactionMode;
import dev.sluice.gateway.proto.proxy.TransactionResolution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transactions that their callers decide, through two gateways before a real broker, which asks for
 * those that stay open every two seconds. One of the gateways is killed in the middle.
 */
class ManualTransactionsTest {

  private static final int PATIENCE_SECONDS = 60;

  private final String topic = TopicNames.unique("manual");

  @TempDir Path folder;

  @Test
  void eachIsDecidedOnceThroughWhicheverGatewayAlsoWhenTheOneThatItBeganAtIsGone()
      throws Exception {
    String nameServer = SharedEngine.rocketmq5().nameServerAddress();
    try (RunningGateway first = RunningGateway.before(nameServer, folder);
        RunningGateway second = RunningGateway.before(nameServer, folder)) {
      try (Client there = Client.to(second.grpc())) {
        Reader reader = there.read(there.consumer(topic, topic));
        String producer;
        String lost;
        try (Client here = Client.to(first.grpc())) {
          producer = here.producer(topic);

          // what is asked for comes with all that was sent, and is asked for again
          BlockingQueue<TransactionCheck> asked = checks(here, producer);
          String sent = begin(here, producer, "asked for").getMessageId();
          TransactionCheck check = next(asked, "asked for");
          assertThat(check.getMessage().getMessageId()).isEqualTo(sent);
          assertThat(check.getMessage().getTag()).isEqualTo("decided");
          check = next(asked, "asked for");

          // it and others are decided through either
          String dropped = begin(here, producer, "dropped").getTransactionId();
          String kept = begin(here, producer, "kept").getTransactionId();
          decided(end(there, producer, kept, TransactionResolution.COMMIT));
          decided(end(here, producer, dropped, TransactionResolution.ROLLBACK));
          decided(end(there, producer, check.getTransactionId(), TransactionResolution.COMMIT));

          // when the gateway that two more began at is gone
          lost = begin(here, producer, "begun at the one that died").getTransactionId();
          begin(here, producer, "left undecided by it");
          first.process().kill();
        }

        // then the other decides them, as it is asked for what nobody else is left for
        decided(end(there, producer, lost, TransactionResolution.COMMIT));
        BlockingQueue<TransactionCheck> askedThere = checks(there, producer);
        TransactionCheck orphan = next(askedThere, "left undecided by it");
        decided(end(there, producer, orphan.getTransactionId(), TransactionResolution.COMMIT));

        // and each that was committed has come, once
        await()
            .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
            .untilAsserted(
                () ->
                    assertThat(reader.bodies())
                        .contains(
                            "asked for",
                            "kept",
                            "begun at the one that died",
                            "left undecided by it"));
        assertThat(reader.messages())
            .extracting(Message::getMessageBody)
            .doesNotContain("dropped")
            .doesNotHaveDuplicates();
        EndTransactionResponse late = end(there, producer, lost, TransactionResolution.ROLLBACK);
        assertThat(late.getSuccess()).isFalse();
        assertThat(late.getMessage()).startsWith("transaction: ROLLBACK after COMMIT");
      }
      second.endsCleanly();
    }
  }

  private static SendTransactionMessageResponse begin(Client client, String producer, String body) {
    SendTransactionMessageResponse begun =
        client
            .stub()
            .sendTransactionMessage(
                SendTransactionMessageRequest.newBuilder()
                    .setProducerId(producer)
                    .setMessageBody(body)
                    .setTag("decided")
                    .setMode(TransactionMode.MANUAL)
                    .build());
    assertThat(begun.getSuccess()).as(begun.getMessage()).isTrue();
    return begun;
  }

  private static EndTransactionResponse end(
      Client client, String producer, String transaction, TransactionResolution resolution) {
    return client
        .stub()
        .endTransaction(
            EndTransactionRequest.newBuilder()
                .setProducerId(producer)
                .setTransactionId(transaction)
                .setResolution(resolution)
                .build());
  }

  private static void decided(EndTransactionResponse answer) {
    assertThat(answer.getSuccess()).as(answer.getMessage()).isTrue();
  }

  private static BlockingQueue<TransactionCheck> checks(Client client, String producer) {
    var checks = new LinkedBlockingQueue<TransactionCheck>();
    RocketMQProxyGrpc.newStub(client.channel())
        .checkTransactions(
            CheckTransactionsRequest.newBuilder().setProducerId(producer).build(),
            new Each<>(checks::add));
    return checks;
  }

  /** The next check for the message with this body; others may be asked for meanwhile. */
  private static TransactionCheck next(BlockingQueue<TransactionCheck> checks, String body)
      throws InterruptedException {
    while (true) {
      TransactionCheck check = checks.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(check).as("a check for " + body).isNotNull();
      if (check.getMessage().getMessageBody().equals(body)) {
        return check;
      }
    }
  }
}
