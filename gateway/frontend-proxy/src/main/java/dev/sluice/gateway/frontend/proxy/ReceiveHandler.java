package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.core.ConsumerSession;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Sessions;
import dev.sluice.gateway.deliveries.DeliveryStream;
import dev.sluice.gateway.proto.proxy.MessageFrame;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.spi.GatewayException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * {@code ReceiveMessages}: a stream lives until its caller cancels it or the core ends it. Its
 * headers tell that it is open.
 */
final class ReceiveHandler implements OpeningCall.Method<ReceiveMessagesRequest, MessageFrame> {

  private final Sessions sessions;
  private final CurrentConnection connections;

  ReceiveHandler(Sessions sessions, CurrentConnection connections) {
    this.sessions = sessions;
    this.connections = connections;
  }

  @Override
  public void invoke(
      ReceiveMessagesRequest request, StreamObserver<MessageFrame> observer, Runnable open) {
    var call = (ServerCallStreamObserver<MessageFrame>) observer;
    DeliveryStream stream;
    try {
      ConsumerSession consumer = sessions.consumer(connections.get(), request.getConsumerId());
      stream = consumer.open(new CallSink(call, open));
    } catch (GatewayException e) {
      call.onError(Failures.status(e));
      return;
    }
    // gRPC calls these only after this method has returned, so that none of them comes too early.
    call.setOnReadyHandler(stream::resume);
    call.setOnCancelHandler(stream::close);
  }
}
