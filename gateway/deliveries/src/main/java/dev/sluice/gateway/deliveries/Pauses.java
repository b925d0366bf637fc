package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the pauses of one poll's streams: one from the moment that a stream takes nothing until it
 * takes something again. A stream that holds as much as it may pauses at once. One whose caller
 * does not read pauses when that has lasted: a transport is full for moments whenever much is on
 * its way, also where everybody reads. Belongs to the poll's loop.
 */
final class Pauses {

  static final Duration UNREAD = Duration.ofMillis(100);

  private final Instance instance;
  private final Loop loop;
  // Since when; an entry leaves when the stream's caller reads, when it is counted, and when it
  // ends.
  private final Map<Subscriber, Long> unread = new HashMap<>();
  private boolean looking;

  Pauses(Instance instance, Loop loop) {
    this.instance = instance;
    this.loop = loop;
  }

  /** The stream's credit or its readiness has changed. */
  void changed(Subscriber subscriber) {
    if (subscriber.ready) {
      unread.remove(subscriber);
      if (subscriber.credit() > 0) {
        subscriber.paused = false;
      } else {
        count(subscriber);
      }
    } else if (!subscriber.paused) {
      unread.putIfAbsent(subscriber, instance.clock().nanoTime());
      lookLater();
    }
  }

  void left(Subscriber subscriber) {
    unread.remove(subscriber);
  }

  private void count(Subscriber subscriber) {
    if (!subscriber.paused) {
      subscriber.paused = true;
      instance.metrics().increment(Counter.CHANNEL_FULL_EVENTS);
    }
  }

  /** One timer for all of them, and none while all read. */
  private void lookLater() {
    if (!looking) {
      looking = true;
      var _ = loop.schedule(this::look, UNREAD);
    }
  }

  private void look() {
    looking = false;
    long now = instance.clock().nanoTime();
    unread
        .entrySet()
        .removeIf(
            entry -> {
              boolean lasts = now - entry.getValue() >= UNREAD.toNanos();
              if (lasts) {
                count(entry.getKey());
              }
              return lasts;
            });
    if (!unread.isEmpty()) {
      lookLater();
    }
  }
}
