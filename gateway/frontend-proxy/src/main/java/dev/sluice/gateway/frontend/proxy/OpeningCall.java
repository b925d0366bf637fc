package dev.sluice.gateway.frontend.proxy;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/**
 * A call whose headers can be sent before its first message, which tells its caller that it is
 * served. As the call itself, not for several threads at once.
 */
final class OpeningCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

  /** Serves a call that tells when it is open. */
  @FunctionalInterface
  interface Method<Q, A> {

    /**
     * Serves one.
     *
     * @param open sends the headers, unless they are under way already
     */
    void invoke(Q request, StreamObserver<A> answers, Runnable open);
  }

  private boolean opened;

  private OpeningCall(ServerCall<Q, A> call) {
    super(call);
  }

  static <Q, A> ServerCallHandler<Q, A> handler(Method<Q, A> method) {
    return (call, headers) -> {
      var opening = new OpeningCall<>(call);
      return ServerCalls.<Q, A>asyncServerStreamingCall(
              (request, answers) -> method.invoke(request, answers, opening::open))
          .startCall(opening, headers);
    };
  }

  private void open() {
    sendHeaders(new Metadata());
  }

  /** The first message would send them too. */
  @Override
  public void sendHeaders(Metadata headers) {
    if (!opened) {
      opened = true;
      super.sendHeaders(headers);
    }
  }
}
