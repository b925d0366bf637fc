package dev.sluice.benchmarks;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Starts unary calls with nothing between the caller and gRPC's own call. */
final class UnaryCalls {

  private UnaryCalls() {}

  /**
   * Sends one request.
   *
   * @param failure gives the response's failure text, empty when it succeeded
   */
  static <Q, A> void start(
      ClientCall<Q, A> call,
      Metadata headers,
      Q request,
      Function<A, String> failure,
      SendWorkload.Answer answer) {
    call.start(
        new ClientCall.Listener<A>() {
          private @Nullable A response;

          @Override
          public void onMessage(A message) {
            response = message;
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            A got = response;
            if (!status.isOk() || got == null) {
              answer.ended(status.toString());
            } else {
              answer.ended(failure.apply(got));
            }
          }
        },
        headers);
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }
}
