package dev.sluice.gateway.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Answers requests that are no protobuf message of their type with {@code INVALID_ARGUMENT}. By
 * itself gRPC takes them for faults of the server: it answers {@code UNKNOWN}, and logs an error
 * with its trace for each, so that any caller could fill the log.
 */
final class MalformedRequests implements ServerInterceptor {

  private MalformedRequests() {}

  /** The same service, with its requests read where that can be caught. */
  static ServerServiceDefinition answered(ServerServiceDefinition service) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useInputStreamMessages(service), new MalformedRequests());
  }

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var watched = new Watched<>(call);
    return new Reading<>(watched, next.startCall(watched, headers));
  }

  /** Knows whether its handler has ended it. */
  private static final class Watched<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private volatile boolean closed;

    Watched(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      closed = true;
      super.close(status, trailers);
    }
  }

  private static final class Reading<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Watched<Q, ?> call;
    private boolean refused;

    Reading(Watched<Q, ?> call, Listener<Q> reader) {
      super(reader);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      if (refused) {
        return;
      }
      try {
        super.onMessage(message);
      } catch (StatusRuntimeException e) {
        // Handlers end calls and do not throw: only the reading of a message does.
        if (call.closed) {
          return;
        }
        refused = true;
        call.close(
            Status.INVALID_ARGUMENT.withDescription(
                "request: no message of the type that "
                    + call.getMethodDescriptor().getFullMethodName()
                    + " takes (expected: protobuf)"),
            new Metadata());
        // A handler that has begun to answer learns that nobody listens any more.
        super.onCancel();
      }
    }

    @Override
    public void onCancel() {
      if (!refused) {
        super.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (!refused) {
        super.onComplete();
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }

    @Override
    public void onReady() {
      if (!refused) {
        super.onReady();
      }
    }
  }
}
