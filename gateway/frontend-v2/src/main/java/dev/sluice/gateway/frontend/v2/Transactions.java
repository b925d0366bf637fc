package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.TransactionPath;
import dev.sluice.gateway.core.TransactionPath.Mode;
import dev.sluice.gateway.core.TransactionPath.Transaction;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.EndTransactionRequest;
import dev.sluice.gateway.proto.v2.EndTransactionResponse;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Resolution;
import java.time.Duration;

/**
 * Messages that are delivered when their transaction is committed, and EndTransaction. Whoever asks
 * how one ended is answered by the same call: {@link OrphanChecks} passes the question on.
 */
final class Transactions {

  private static final Duration MAX_RECOVERY = Duration.ofHours(1);

  private final Callers callers;
  private final TransactionPath path;

  Transactions(Callers callers, TransactionPath path) {
    this.callers = callers;
    this.path = path;
  }

  static EndTransactionResponse refused(Status status) {
    return EndTransactionResponse.newBuilder().setStatus(status).build();
  }

  /** Stores the message; its caller ends the transaction. */
  void begin(
      Call call, OutboundMessage message, Duration checkAfter, Completion<Transaction> completion) {
    path.begin(call.caller(), call.lease(), message, Mode.MANUAL, checkAfter, completion);
  }

  /** When the message system asks first; zero where the caller does not say. */
  static Duration checkAfter(SystemProperties system) {
    if (!system.hasOrphanedTransactionRecoveryDuration()) {
      return Duration.ZERO;
    }
    Duration asked =
        Duration.ofMillis(Times.millis(system.getOrphanedTransactionRecoveryDuration()));
    if (asked.isNegative() || asked.compareTo(MAX_RECOVERY) > 0) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "orphaned_transaction_recovery_duration: "
              + asked.toMillis()
              + " ms (expected: 0 to "
              + MAX_RECOVERY.toMillis()
              + " ms)");
    }
    return Duration.ofSeconds(Math.ceilDiv(asked.toMillis(), 1000L));
  }

  void end(EndTransactionRequest request, Reply<EndTransactionResponse> reply) {
    Call call = callers.current();
    call.maySendTo(ResourceNames.topic(request.getTopic()));
    if (request.getTransactionId().isBlank()) {
      throw new Refusal(
          Code.INVALID_TRANSACTION_ID,
          "transaction_id: empty (expected: the one of a sent message or of a check)");
    }
    path.end(
        call.caller(),
        call.lease(),
        request.getTransactionId(),
        resolution(request),
        new Completion<>() {
          @Override
          public void done(Void nothing) {
            reply.send(refused(Statuses.OK));
          }

          @Override
          public void failed(GatewayException failure) {
            reply.refuse(failure);
          }
        });
  }

  private static Resolution resolution(EndTransactionRequest request) {
    return switch (request.getResolution()) {
      case COMMIT -> Resolution.COMMIT;
      case ROLLBACK -> Resolution.ROLLBACK;
      case TRANSACTION_RESOLUTION_UNSPECIFIED -> Resolution.UNKNOWN;
      case UNRECOGNIZED ->
          throw new Refusal(
              Code.BAD_REQUEST,
              "resolution: " + request.getResolutionValue() + " (expected: COMMIT or ROLLBACK)");
    };
  }
}
