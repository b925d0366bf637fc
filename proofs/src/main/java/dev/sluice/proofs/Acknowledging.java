package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Takes messages, and acknowledges each at once. Never blocks. */
final class Acknowledging implements Consumer<Message> {

  private final Caller caller;
  private final String consumerId;
  private final Consumer<Message> taker;
  private final LongAdder refused = new LongAdder();

  /** Acknowledges over the caller what the taker has taken. */
  Acknowledging(Caller caller, String consumerId, Consumer<Message> taker) {
    this.caller = caller;
    this.consumerId = consumerId;
    this.taker = taker;
  }

  @Override
  public void accept(Message message) {
    taker.accept(message);
    RocketMQProxyGrpc.newStub(caller.channel())
        .ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(consumerId)
                .setReceiptHandle(message.getReceiptHandle())
                .build(),
            new StreamObserver<>() {
              @Override
              public void onNext(AckMessageResponse answer) {
                if (!answer.getSuccess()) {
                  refused.increment();
                }
              }

              @Override
              public void onError(Throwable failure) {
                refused.increment();
              }

              @Override
              public void onCompleted() {}
            });
  }

  /** Acknowledgements that were not taken; such messages come again. */
  long refused() {
    return refused.sum();
  }
}
