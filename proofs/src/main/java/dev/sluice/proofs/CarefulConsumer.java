package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads all that its group gets, notes it, and acknowledges each message at once. Ends with its
 * connection. Safe for use by any thread.
 */
final class CarefulConsumer implements AutoCloseable {

  private final Caller caller;
  private final String id;
  private final Arrivals arrivals;
  private final MessageStream stream;
  private final LongAdder refusedAcks = new LongAdder();

  private CarefulConsumer(Caller caller, String topic, String group, Arrivals arrivals) {
    this.caller = caller;
    this.id = caller.consumer(topic, group);
    this.arrivals = arrivals;
    this.stream = caller.stream(id, this::take).readAll();
  }

  /** Starts one on a connection of its own, which it closes. */
  static CarefulConsumer start(Caller caller, String topic, String group, Arrivals arrivals) {
    return new CarefulConsumer(caller, topic, group, arrivals);
  }

  private void take(Message message) {
    arrivals.add(message);
    RocketMQProxyGrpc.newStub(caller.channel())
        .ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(id)
                .setReceiptHandle(message.getReceiptHandle())
                .build(),
            new StreamObserver<>() {
              @Override
              public void onNext(AckMessageResponse answer) {
                if (!answer.getSuccess()) {
                  refusedAcks.increment();
                }
              }

              @Override
              public void onError(Throwable failure) {
                refusedAcks.increment();
              }

              @Override
              public void onCompleted() {}
            });
  }

  /** Whether its stream has ended, which it should not. */
  boolean isOver() {
    return stream.isOver();
  }

  /** Acknowledgements that were not taken; such messages come again. */
  long refusedAcks() {
    return refusedAcks.sum();
  }

  @Override
  public void close() {
    caller.close();
  }
}
