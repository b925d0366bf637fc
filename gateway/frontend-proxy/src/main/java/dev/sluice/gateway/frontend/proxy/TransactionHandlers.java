package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.core.CheckSink;
import dev.sluice.gateway.core.CheckStream;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.ProducerSession;
import dev.sluice.gateway.core.Sessions;
import dev.sluice.gateway.core.TransactionPath;
import dev.sluice.gateway.core.TransactionPath.Mode;
import dev.sluice.gateway.core.TransactionPath.Transaction;
import dev.sluice.gateway.frontend.proxy.Drafts.Draft;
import dev.sluice.gateway.frontend.proxy.Drafts.Origin;
import dev.sluice.gateway.proto.proxy.CheckTransactionsRequest;
import dev.sluice.gateway.proto.proxy.EndTransactionRequest;
import dev.sluice.gateway.proto.proxy.EndTransactionResponse;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageFrame;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageResponse;
import dev.sluice.gateway.proto.proxy.TransactionCheckFrame;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.lifecycle.Clock;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** The RPCs of transactions. */
final class TransactionHandlers {

  private final Sessions sessions;
  private final TransactionPath transactions;
  private final CurrentConnection connections;
  private final Clock clock;

  TransactionHandlers(
      Sessions sessions, TransactionPath transactions, CurrentConnection connections, Clock clock) {
    this.sessions = sessions;
    this.transactions = transactions;
    this.connections = connections;
    this.clock = clock;
  }

  /** {@code SendTransactionMessage}. */
  void begin(
      SendTransactionMessageFrame request,
      StreamObserver<SendTransactionMessageResponse> observer) {
    Completion<Transaction> answer =
        new Answer<>(
            observer,
            TransactionHandlers::begun,
            (message, code) ->
                SendTransactionMessageResponse.newBuilder()
                    .setMessage(message)
                    .setFailureCode(code)
                    .build());
    ConnectionScope connection = connections.get();
    ProducerSession producer;
    OutboundMessage message;
    Mode mode;
    Duration checkAfter;
    try {
      producer = sessions.producer(connection, request.getProducerId());
      var origin = new Origin(producer.topic(), connection.peer(), clock.currentTimeMillis());
      message =
          Drafts.transactional(
              origin,
              new Draft(
                  request.getMessageBody(),
                  request.getRawBody(),
                  request.getTag(),
                  request.getProperties()));
      mode = mode(request);
      checkAfter =
          MessageRules.checkAfter(
              request.getTransCheckImmunityTime(),
              request.getProperties().getTransCheckImmunityTime());
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    transactions.begin(connection.caller(), producer.lease(), message, mode, checkAfter, answer);
  }

  private static Mode mode(SendTransactionMessageFrame request) {
    return switch (request.getMode()) {
      case AUTO -> Mode.AUTO;
      case MANUAL -> Mode.MANUAL;
      case UNRECOGNIZED ->
          throw GatewayException.invalid(
              Subject.TRANSACTION,
              "mode: " + request.getModeValue() + " (expected: AUTO or MANUAL)");
    };
  }

  private static SendTransactionMessageResponse begun(Transaction transaction) {
    return SendTransactionMessageResponse.newBuilder()
        .setSuccess(true)
        .setMessageId(transaction.messageId())
        .setReceiptHandle(transaction.messageId())
        .setTransactionId(transaction.transactionId())
        .build();
  }

  /** {@code EndTransaction}. */
  void end(EndTransactionRequest request, StreamObserver<EndTransactionResponse> observer) {
    Completion<Void> answer =
        new Answer<>(
            observer,
            ended -> EndTransactionResponse.newBuilder().setSuccess(true).build(),
            (message, code) ->
                EndTransactionResponse.newBuilder()
                    .setMessage(message)
                    .setFailureCode(code)
                    .build());
    ConnectionScope connection = connections.get();
    ProducerSession producer;
    Resolution resolution;
    try {
      producer = sessions.producer(connection, request.getProducerId());
      resolution = resolution(request);
      if (request.getTransactionId().isEmpty()) {
        throw GatewayException.invalid(
            Subject.TRANSACTION,
            "transaction_id: empty (expected: the one of a transaction in manual mode)");
      }
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    transactions.end(
        connection.caller(), producer.lease(), request.getTransactionId(), resolution, answer);
  }

  private static Resolution resolution(EndTransactionRequest request) {
    return switch (request.getResolution()) {
      case COMMIT -> Resolution.COMMIT;
      case ROLLBACK -> Resolution.ROLLBACK;
      case UNRESOLVED, UNRECOGNIZED ->
          throw GatewayException.invalid(
              Subject.TRANSACTION,
              "resolution: " + request.getResolutionValue() + " (expected: COMMIT or ROLLBACK)");
    };
  }

  /** {@code CheckTransactions}: lives until its caller cancels it or the core ends it. */
  void checks(CheckTransactionsRequest request, StreamObserver<TransactionCheckFrame> observer) {
    var call = (ServerCallStreamObserver<TransactionCheckFrame>) observer;
    CheckStream stream;
    try {
      ProducerSession producer = sessions.producer(connections.get(), request.getProducerId());
      stream = producer.checks(new Checks(call));
    } catch (GatewayException e) {
      call.onError(Failures.status(e));
      return;
    }
    // gRPC calls these only after this method has returned, so that none of them comes too early.
    call.setOnReadyHandler(stream::resume);
    call.setOnCancelHandler(stream::close);
  }

  /** Writes checks to a call, which is ready as long as its caller reads. */
  private record Checks(ServerCallStreamObserver<TransactionCheckFrame> call) implements CheckSink {

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void check(Check check) {
      call.onNext(
          TransactionCheckFrame.newBuilder()
              .setTransactionId(check.transactionId())
              .setMessage(Frames.of(check.message()))
              .build());
    }

    @Override
    public void ended(GatewayException failure) {
      call.onError(Failures.status(failure));
    }
  }
}
