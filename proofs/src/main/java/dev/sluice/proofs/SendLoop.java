package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps a fixed number of sends in flight, each by a sender of its own: an accepted one starts the
 * next, a failed one starts the next through another gateway 10 ms later. Closing it waits for the
 * answers.
 */
final class SendLoop implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 5;

  private final List<Caller> gateways;
  private final String producerId;
  private final Sent sent;
  private final ScheduledExecutorService timer;
  private final List<Sender> senders = new ArrayList<>();
  private final CountDownLatch ended;
  private final LongAdder failed = new LongAdder();
  private final String padding;
  private volatile boolean over;

  /**
   * Begins to send.
   *
   * @param gateways connections; senders are spread over them
   * @param producerId known to all gateways
   * @param bodyBytes of each message, whose body begins with its number
   */
  SendLoop(
      List<Caller> gateways,
      String producerId,
      Sent sent,
      int inFlight,
      int bodyBytes,
      ScheduledExecutorService timer) {
    this.gateways = gateways;
    this.producerId = producerId;
    this.sent = sent;
    this.timer = timer;
    this.padding = " " + "x".repeat(bodyBytes);
    this.ended = new CountDownLatch(inFlight);
    for (int i = 0; i < inFlight; i++) {
      senders.add(new Sender(i % gateways.size(), bodyBytes));
    }
    senders.forEach(Sender::next);
  }

  /** Sends that failed so far. */
  long failed() {
    return failed.sum();
  }

  /** Forgets the gaps so far. */
  void resetGaps() {
    senders.forEach(Sender::resetGap);
  }

  /** The longest that any sender was without an accepted message, in ms. */
  long longestGapMillis() {
    return senders.stream().mapToLong(Sender::gapMillis).max().orElse(0);
  }

  @Override
  public void close() {
    over = true;
    try {
      if (!ended.await(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException(ended.getCount() + " sends were never answered");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Sender implements StreamObserver<SendMessageResponse> {
    private final int bodyBytes;
    private int gateway;
    private int number;
    private boolean accepted;
    private volatile long last = System.nanoTime();
    private volatile long gap;

    Sender(int gateway, int bodyBytes) {
      this.gateway = gateway;
      this.bodyBytes = bodyBytes;
    }

    void next() {
      if (over) {
        ended.countDown();
        return;
      }
      number = sent.next();
      accepted = false;
      String digits = Integer.toString(number);
      RocketMQProxyGrpc.newStub(gateways.get(gateway).channel())
          .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .sendMessage(
              SendMessageRequest.newBuilder()
                  .setProducerId(producerId)
                  .setMessageBody(
                      digits + padding.substring(0, Math.max(1, bodyBytes - digits.length())))
                  .build(),
              this);
    }

    @Override
    public void onNext(SendMessageResponse answer) {
      accepted = answer.getSuccess();
    }

    @Override
    public void onError(Throwable failure) {
      elsewhere();
    }

    @Override
    public void onCompleted() {
      if (!accepted) {
        elsewhere();
        return;
      }
      sent.accepted(number);
      long now = System.nanoTime();
      gap = Math.max(gap, now - last);
      last = now;
      next();
    }

    private void elsewhere() {
      failed.increment();
      gateway = (gateway + 1) % gateways.size();
      // A refusal that comes at once must not turn the loop into a busy one.
      var _ = timer.schedule(this::next, 10, TimeUnit.MILLISECONDS);
    }

    private void resetGap() {
      gap = 0;
      last = System.nanoTime();
    }

    private long gapMillis() {
      return Math.max(gap, System.nanoTime() - last) / 1_000_000;
    }
  }
}
