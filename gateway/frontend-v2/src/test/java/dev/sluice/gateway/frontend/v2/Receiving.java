package dev.sluice.gateway.frontend.v2;

import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

/** A receive under way. */
final class Receiving implements StreamObserver<ReceiveMessageResponse> {

  private final ClientCall<?, ?> call;
  private volatile int messages;
  private volatile boolean ended;

  private Receiving(ClientCall<?, ?> call) {
    this.call = call;
  }

  /** Begins one, and waits until the message system was asked. */
  static Receiving begin(
      FrontendServer server, V2Client by, ReceiveMessageRequest.Builder request) {
    int before = server.backend().faults().calls(Operation.RECEIVE);
    ClientCall<ReceiveMessageRequest, ReceiveMessageResponse> call =
        by.channel().newCall(MessagingServiceGrpc.getReceiveMessageMethod(), CallOptions.DEFAULT);
    var receiving = new Receiving(call);
    ClientCalls.asyncServerStreamingCall(call, request.build(), receiving);
    await().until(() -> server.backend().faults().calls(Operation.RECEIVE) > before);
    return receiving;
  }

  void cancel() {
    call.cancel("the test is done with it", null);
  }

  /** How many messages it brought so far. */
  int messages() {
    return messages;
  }

  boolean ended() {
    return ended;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // Only gRPC writes, one call after the other.
  public void onNext(ReceiveMessageResponse response) {
    if (response.hasMessage()) {
      messages++;
    }
  }

  @Override
  public void onError(Throwable failure) {
    ended = true;
  }

  @Override
  public void onCompleted() {
    ended = true;
  }
}
