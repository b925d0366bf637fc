package dev.sluice.gateway.frontend.v2;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;

/** Tells callers of what the protocol has and this service has not yet that it is to come. */
final class NotServedYet implements ServerInterceptor {

  private static final Set<String> CALLS = Set.of("SyncLiteSubscription");

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String name = String.valueOf(call.getMethodDescriptor().getBareMethodName());
    if (!CALLS.contains(name)) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.UNIMPLEMENTED.withDescription(
            name + ": not served by this version of the gateway; a later one will"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
