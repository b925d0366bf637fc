package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Loop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The deliveries that a {@link HoldLoop} hands back: a bounded number at a time, so that a stream
 * that held many does not flood the message system when it ends. Only touched on its loop, except
 * {@link #isQuiet}.
 */
final class Returns {

  private static final int MAX_UNDER_WAY = 64;

  /** Has a delivery come again at once. */
  @FunctionalInterface
  interface HandBack {
    void start(Held held, Runnable ended);
  }

  private final Loop loop;
  private final HandBack handBack;
  private final Deque<Held> waiting = new ArrayDeque<>();
  private final AtomicInteger unsettled = new AtomicInteger();
  private int underWay;

  Returns(Loop loop, HandBack handBack) {
    this.loop = loop;
    this.handBack = handBack;
  }

  /** From here on it counts as not handed back yet. */
  void count(Held held) {
    held.returnCounted = true;
    unsettled.incrementAndGet();
  }

  /** It was handed back, or nothing is left to hand back. */
  void settle(Held held) {
    if (held.returnCounted) {
      held.returnCounted = false;
      unsettled.decrementAndGet();
    }
  }

  void enqueue(Held held) {
    waiting.add(held);
    pump();
  }

  private void pump() {
    while (underWay < MAX_UNDER_WAY && !waiting.isEmpty()) {
      Held held = waiting.remove();
      if (held.state != Held.State.RETURNED) {
        continue;
      }
      if (held.changing || held.acking) {
        held.returnWanted = true;
        continue;
      }
      underWay++;
      handBack.start(
          held,
          () -> {
            underWay--;
            settle(held);
            loop.execute(this::pump);
          });
    }
  }

  boolean isQuiet() {
    return unsettled.get() == 0;
  }

  void clear() {
    waiting.clear();
  }
}
