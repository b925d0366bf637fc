package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.SendOrderedMessageRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends the messages of one sharding key, one after the other, with the id that it has: through one
 * gateway until a send fails, then through the next. What failed is not sent again.
 */
final class KeyedProducer implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 5;

  private final String key;
  private final String id;
  private final List<Caller> gateways;
  private final Duration between;
  private final BitSet accepted = new BitSet();
  private final LongAdder failed = new LongAdder();
  private final Thread sender;
  private volatile boolean over;
  private volatile long lastAccepted = System.nanoTime();
  private volatile long longestGapNanos;

  KeyedProducer(String key, String id, List<Caller> gateways, int first, Duration between) {
    this.key = key;
    this.id = id;
    this.gateways = gateways;
    this.between = between;
    this.sender = Thread.ofVirtual().name("producer of " + key).start(() -> send(first));
  }

  private void send(int first) {
    int gateway = first;
    try {
      for (int number = 0; !over; number++) {
        if (accepts(number, gateways.get(gateway % gateways.size()))) {
          note(number);
        } else {
          failed.increment();
          gateway++;
        }
        Pause.of(between);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean accepts(int number, Caller gateway) {
    try {
      SendMessageResponse answer =
          RocketMQProxyGrpc.newBlockingStub(gateway.channel())
              .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .sendOrderedMessage(
                  SendOrderedMessageRequest.newBuilder()
                      .setProducerId(id)
                      .setMessageBody(KeyedArrivals.body(key, number))
                      .setShardingKey(key)
                      .build());
      return answer.getSuccess();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private synchronized void note(int number) {
    accepted.set(number);
    long now = System.nanoTime();
    longestGapNanos = Math.max(longestGapNanos, now - lastAccepted);
    lastAccepted = now;
  }

  String key() {
    return key;
  }

  /** The numbers that were accepted so far. */
  synchronized BitSet accepted() {
    return (BitSet) accepted.clone();
  }

  long failed() {
    return failed.sum();
  }

  /** The longest time between two accepted messages. */
  Duration longestGap() {
    return Duration.ofNanos(longestGapNanos);
  }

  @Override
  public void close() {
    over = true;
    try {
      sender.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
