package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.Message;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * A consumer that reads from one gateway, and from the next as soon as that one is gone.
 * Acknowledges over the gateway that it reads from.
 */
final class MovingReader implements AutoCloseable {

  private static final Duration LOOK = Duration.ofMillis(10);

  private final List<Caller> gateways;
  private final String consumerId;
  private final Consumer<Message> taker;
  private final Thread keeper;
  private volatile int moves;
  private volatile long firstAfterMove;
  private volatile boolean over;

  /** Begins to read from this gateway. */
  MovingReader(List<Caller> gateways, int home, String consumerId, Consumer<Message> taker) {
    this.gateways = gateways;
    this.consumerId = consumerId;
    this.taker = taker;
    this.keeper = Thread.ofVirtual().name("moving reader").start(() -> read(home));
  }

  private void read(int home) {
    try {
      for (int gateway = home; !over; gateway++) {
        Caller caller = gateways.get(gateway % gateways.size());
        int now = moves;
        MessageStream stream =
            caller.stream(
                    consumerId,
                    new Acknowledging(
                        caller,
                        consumerId,
                        message -> {
                          if (now > 0 && firstAfterMove == 0) {
                            firstAfterMove = System.nanoTime();
                          }
                          taker.accept(message);
                        }))
                .readAll();
        while (!stream.isOver() && !over) {
          Pause.of(LOOK);
        }
        stream.cancel();
        moves = now + 1;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How long after that moment it got its first message elsewhere; -1 where it did not. */
  long firstAfterMoveMillis(long since) {
    return firstAfterMove == 0 ? -1 : (firstAfterMove - since) / 1_000_000;
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
