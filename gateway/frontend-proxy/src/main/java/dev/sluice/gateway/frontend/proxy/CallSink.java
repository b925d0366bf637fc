package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.deliveries.DeliverySink;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.proto.proxy.MessageFrame;
import dev.sluice.gateway.spi.GatewayException;
import io.grpc.stub.ServerCallStreamObserver;

/** Writes deliveries to a call, which is ready as long as its caller reads. */
record CallSink(ServerCallStreamObserver<MessageFrame> call) implements DeliverySink {

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void deliver(SealedDelivery delivery) {
    call.onNext(Frames.of(delivery));
  }

  @Override
  public void ended(GatewayException failure) {
    call.onError(Failures.status(failure));
  }
}
