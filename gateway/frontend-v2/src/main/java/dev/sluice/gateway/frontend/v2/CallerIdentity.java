package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Reads who calls from the request's headers, for the length of the call. */
final class CallerIdentity implements ServerInterceptor {

  private static final Metadata.Key<String> CLIENT_ID =
      Metadata.Key.of("x-mq-client-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> CURRENT = Context.keyWithDefault("client-id", "");
  private static final int MAX_LENGTH = 255;

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String clientId = headers.get(CLIENT_ID);
    if (clientId == null) {
      return next.startCall(call, headers);
    }
    return Contexts.interceptCall(
        Context.current().withValue(CURRENT, clientId), call, headers, next);
  }

  /**
   * The client id of the call being served.
   *
   * @throws Refusal where there is none, or it is too long
   */
  static String clientId() {
    String clientId = CURRENT.get();
    if (clientId.isBlank() || clientId.length() > MAX_LENGTH) {
      throw new Refusal(
          Code.CLIENT_ID_REQUIRED,
          "header x-mq-client-id: "
              + (clientId.isBlank() ? "missing" : clientId.length() + " characters")
              + " (expected: 1 to "
              + MAX_LENGTH
              + " characters)");
    }
    return clientId;
  }
}
