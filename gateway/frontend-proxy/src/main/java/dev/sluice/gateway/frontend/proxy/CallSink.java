package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.deliveries.DeliverySink;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.proto.proxy.MessageFrame;
import dev.sluice.gateway.spi.GatewayException;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * Writes deliveries to a call, which is ready as long as its caller reads.
 *
 * @param open tells the caller that the stream is open
 */
record CallSink(ServerCallStreamObserver<MessageFrame> call, Runnable open)
    implements DeliverySink {

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void opened() {
    open.run();
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
