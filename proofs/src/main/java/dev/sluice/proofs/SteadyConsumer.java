package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A consumer as deployed ones are: it was created once, and whenever its stream ends it opens
 * another with the id that it has. Acknowledges each message at once through the gateway that it
 * came from, and through one after the other until one takes it: what a stream that lives does not
 * acknowledge stays with it, and in an ordered group holds up what comes after it.
 */
final class SteadyConsumer implements AutoCloseable {

  private static final Duration BETWEEN_STREAMS = Duration.ofMillis(200);
  private static final int ACK_SECONDS = 10;
  private static final Duration BETWEEN_ACKS = Duration.ofMillis(500);
  private static final int MOST_ACKS = 60;

  /** Trying again helps; whatever else is answered would be answered again. */
  private static final Set<FailureCode> PASSING =
      EnumSet.of(
          FailureCode.OVERLOADED,
          FailureCode.UNAVAILABLE,
          FailureCode.TIMED_OUT,
          FailureCode.UNKNOWN_OUTCOME);

  private final String id;
  private final List<Caller> gateways;
  private final int home;
  private final int elsewhere;
  private final KeyedArrivals arrivals;
  private final Thread keeper;
  private final AtomicLong received = new AtomicLong();
  private final LongAdder failedAcks = new LongAdder();
  private final LongAdder streams = new LongAdder();
  private volatile boolean over;

  /**
   * Begins to receive.
   *
   * @param id of a consumer, known to all gateways
   * @param gateways connections to all of them, owned by others
   * @param home which of them its streams come from
   * @param elsewhere of 100 acknowledgements, how many try another gateway first
   */
  SteadyConsumer(
      String id, List<Caller> gateways, int home, int elsewhere, KeyedArrivals arrivals) {
    this.id = id;
    this.gateways = gateways;
    this.home = home;
    this.elsewhere = elsewhere;
    this.arrivals = arrivals;
    this.keeper = Thread.ofVirtual().name("steady consumer").start(this::keepOpen);
  }

  private void keepOpen() {
    try {
      while (!over) {
        streams.increment();
        MessageStream stream = gateways.get(home).stream(id, this::take).readAll();
        while (!stream.isOver() && !over) {
          Pause.of(BETWEEN_STREAMS);
        }
        stream.cancel();
        Pause.of(BETWEEN_STREAMS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(Message message) {
    arrivals.received(message.getMessageBody(), message.getReconsumeTimes());
    boolean away = received.incrementAndGet() % 100 < elsewhere;
    ack(message, away ? home + 1 : home, MOST_ACKS);
  }

  private void ack(Message message, int gateway, int attempts) {
    RocketMQProxyGrpc.newStub(gateways.get(gateway % gateways.size()).channel())
        .withDeadlineAfter(ACK_SECONDS, TimeUnit.SECONDS)
        .ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(id)
                .setReceiptHandle(message.getReceiptHandle())
                .build(),
            new StreamObserver<>() {
              @Override
              public void onNext(AckMessageResponse answer) {
                if (answer.getSuccess()) {
                  arrivals.acknowledged(message.getMessageBody());
                } else if (PASSING.contains(answer.getFailureCode())) {
                  again(message, gateway, attempts);
                } else {
                  failedAcks.increment();
                }
              }

              @Override
              public void onError(Throwable failure) {
                again(message, gateway, attempts);
              }

              @Override
              public void onCompleted() {}
            });
  }

  private void again(Message message, int gateway, int attempts) {
    if (attempts <= 1 || over) {
      failedAcks.increment();
      return;
    }
    Thread.ofVirtual()
        .name("later acknowledgement")
        .start(
            () -> {
              try {
                Pause.of(BETWEEN_ACKS);
                ack(message, gateway + 1, attempts - 1);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** Acknowledgements that nobody took; such messages come again. */
  long failedAcks() {
    return failedAcks.sum();
  }

  /** How many streams it has opened. */
  long streams() {
    return streams.sum();
  }

  @Override
  public void close() {
    over = true;
    try {
      keeper.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
