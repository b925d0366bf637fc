package dev.sluice.eventbus.core;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How much is being published, and whether more may be. */
final class PublishWindow {

  private final int maxMessages;
  private final long maxBytes;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private int messages;
  private long bytes;
  private boolean refusing;
  private boolean shut;

  PublishWindow(int maxMessages, long maxBytes) {
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /**
   * Takes room for what a program publishes. What alone is above the bound in bytes is let in when
   * nothing else is there.
   */
  synchronized void acquire(long size) {
    if (refusing) {
      throw closed();
    }
    if (messages >= maxMessages) {
      throw full("maxPublishing", messages, maxMessages);
    }
    if (messages > 0 && bytes + size > maxBytes) {
      throw full("maxPublishingBytes", bytes, maxBytes);
    }
    add(size);
  }

  /** Takes room for a dead letter, whose number subscriptions bound. */
  synchronized void acquireOwn(long size) {
    if (shut) {
      throw closed();
    }
    add(size);
  }

  private void add(long size) {
    messages++;
    bytes += size;
  }

  /** Gives back what was taken. */
  void release(long size) {
    synchronized (this) {
      messages--;
      bytes -= size;
    }
    tellIfEmpty();
  }

  /** Lets no more of programs in. */
  void refuse() {
    synchronized (this) {
      refusing = true;
    }
    tellIfEmpty();
  }

  /** Lets nothing in. */
  void shut() {
    synchronized (this) {
      refusing = true;
      shut = true;
    }
    tellIfEmpty();
  }

  private void tellIfEmpty() {
    boolean isDrained;
    boolean hasEnded;
    synchronized (this) {
      isDrained = refusing && messages == 0;
      hasEnded = shut && messages == 0;
    }
    if (isDrained) {
      drained.complete(null);
    }
    if (hasEnded) {
      ended.complete(null);
    }
  }

  /** Completes when nothing was left after {@link #refuse}. */
  CompletionStage<Void> drained() {
    return drained;
  }

  /** Completes when nothing is left after {@link #shut}. */
  CompletionStage<Void> ended() {
    return ended;
  }

  synchronized int messages() {
    return messages;
  }

  synchronized long bytes() {
    return bytes;
  }

  static EventBusException closed() {
    return EventBusException.of(Category.UNAVAILABLE, "the bus is closed");
  }

  private static EventBusException full(String bound, long value, long limit) {
    return EventBusException.of(
        Category.OVERLOADED,
        bound + ": " + value + " are being published (expected: at most " + limit + ')');
  }
}
