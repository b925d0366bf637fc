package dev.sluice.gateway.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;

/**
 * Answers requests that are no protobuf message of their type with {@code INVALID_ARGUMENT}. By
 * itself gRPC takes them for faults of the server: it answers {@code UNKNOWN}, and logs an error
 * with its trace for each, so that any caller could fill the log.
 */
final class MalformedRequests implements ServerInterceptor {

  /** Stands for a request that could not be read, on its way to the listener below. */
  private static final Object UNREADABLE = new Object();

  private MalformedRequests() {}

  /** The same service, whose requests may be unreadable. */
  static ServerServiceDefinition answered(ServerServiceDefinition service) {
    var descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    var methods = new ArrayList<ServerMethodDefinition<?, ?>>();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> reading = reading(method);
      descriptor.addMethod(reading.getMethodDescriptor());
      methods.add(reading);
    }
    var reading = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(reading::addMethod);
    return ServerInterceptors.intercept(reading.build(), new MalformedRequests());
  }

  private static <Q, A> ServerMethodDefinition<Q, A> reading(ServerMethodDefinition<Q, A> method) {
    MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        descriptor.toBuilder(
                new Reader<>(descriptor.getRequestMarshaller()), descriptor.getResponseMarshaller())
            .build(),
        method.getServerCallHandler());
  }

  /** Reads requests; those that cannot be read become {@link #UNREADABLE}. */
  private record Reader<Q>(Marshaller<Q> reader) implements Marshaller<Q> {
    @Override
    public InputStream stream(Q request) {
      return reader.stream(request);
    }

    // No handler sees it: only the listener below gets it, which takes any object.
    @SuppressWarnings("unchecked")
    @Override
    public Q parse(InputStream request) {
      try {
        return reader.parse(request);
      } catch (StatusRuntimeException e) {
        return (Q) UNREADABLE;
      }
    }
  }

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var watched = new Watched<>(call);
    var reading = new Reading<>(watched, next.startCall(watched, headers));
    Arrivals.refusable(reading::refuse);
    return reading;
  }

  /** Is ended once: by its handler, or by a refusal, after which its handler says nothing more. */
  private static final class Watched<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private volatile boolean closed;
    private volatile boolean refused;

    Watched(ServerCall<Q, A> call) {
      super(call);
    }

    void refuse(Status status) {
      refused = true;
      super.close(status, new Metadata());
    }

    @Override
    public void sendHeaders(Metadata headers) {
      if (!refused) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public void sendMessage(A answer) {
      if (!refused) {
        super.sendMessage(answer);
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!refused) {
        closed = true;
        super.close(status, trailers);
      }
    }
  }

  private static final class Reading<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Watched<Q, ?> call;

    Reading(Watched<Q, ?> call, Listener<Q> reader) {
      super(reader);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      if (call.refused || call.closed) {
        return;
      }
      if (UNREADABLE.equals(message)) {
        refuse(
            Status.INVALID_ARGUMENT.withDescription(
                "request: no message of the type that "
                    + call.getMethodDescriptor().getFullMethodName()
                    + " takes (expected: protobuf)"));
        return;
      }
      super.onMessage(message);
    }

    /** On the thread that the call is served on; nothing where it is over. */
    void refuse(Status status) {
      if (call.refused || call.closed) {
        return;
      }
      call.refuse(status);
      // A handler that has begun to answer learns that nobody listens any more.
      super.onCancel();
    }

    @Override
    public void onCancel() {
      if (!call.refused) {
        super.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (!call.refused) {
        super.onComplete();
      }
    }

    @Override
    public void onHalfClose() {
      if (!call.refused) {
        super.onHalfClose();
      }
    }

    @Override
    public void onReady() {
      if (!call.refused) {
        super.onReady();
      }
    }
  }
}
