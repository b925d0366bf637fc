package dev.sluice.gateway.server;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;

/**
 * Bounds what health checks, which everyone may make, can ask for by name: those that watch a
 * service are remembered with its name, whether there is such a service or not.
 */
final class HealthNames implements ServerInterceptor {
  /** The longest name of a service, in characters. */
  static final int MAX_NAME = 255;

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean refused;

      @Override
      public void onMessage(Q message) {
        int length =
            message instanceof HealthCheckRequest request ? request.getService().length() : 0;
        if (length <= MAX_NAME) {
          super.onMessage(message);
          return;
        }
        refused = true;
        call.close(
            Status.INVALID_ARGUMENT.withDescription(
                "service: " + length + " characters (expected: at most " + MAX_NAME + ")"),
            new Metadata());
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }
    };
  }
}
