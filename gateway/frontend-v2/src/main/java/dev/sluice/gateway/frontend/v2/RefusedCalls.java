package dev.sluice.gateway.frontend.v2;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.GatewayException;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * Answers the calls of those who are not let in, before anything of them is looked at, and in the
 * way that official clients understand: by the response's status. Calls of all methods go through
 * it, so that none can be forgotten.
 */
final class RefusedCalls implements ServerInterceptor {

  private static final String STATUS = "status";
  private static final String HANDLE = "receipt_handle";

  private final CurrentConnection connection;

  RefusedCalls(CurrentConnection connection) {
    this.connection = connection;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    try {
      connection.get();
    } catch (GatewayException refusal) {
      return refuse(call, Statuses.of(refusal));
    }
    return next.startCall(call, headers);
  }

  private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
    if (call.getMethodDescriptor().getType() != MethodType.UNARY) {
      answer(call, status, null);
      return new ServerCall.Listener<>() {};
    }
    // One and, in error, another: as gRPC's own unary calls do.
    call.request(2);
    return new ServerCall.Listener<>() {
      private @Nullable Q request;

      @Override
      public void onMessage(Q message) {
        request = message;
      }

      @Override
      public void onHalfClose() {
        answer(call, status, request);
      }
    };
  }

  private static <Q, A> void answer(ServerCall<Q, A> call, Status status, @Nullable Q request) {
    call.sendHeaders(new Metadata());
    call.sendMessage(response(call, status, request));
    call.close(io.grpc.Status.OK, new Metadata());
  }

  /**
   * With the handle that was asked about, which some clients take before they look at the status.
   */
  @SuppressWarnings("unchecked") // A response is of the class of its method's prototype.
  private static <Q, A> A response(ServerCall<Q, A> call, Status status, @Nullable Q request) {
    var marshaller = (PrototypeMarshaller<A>) call.getMethodDescriptor().getResponseMarshaller();
    Message.Builder response = ((Message) marshaller.getMessagePrototype()).newBuilderForType();
    response.setField(response.getDescriptorForType().findFieldByName(STATUS), status);
    FieldDescriptor handle = response.getDescriptorForType().findFieldByName(HANDLE);
    if (handle != null && request instanceof Message asked) {
      FieldDescriptor same = asked.getDescriptorForType().findFieldByName(HANDLE);
      response.setField(handle, asked.getField(same));
    }
    return (A) response.build();
  }
}
