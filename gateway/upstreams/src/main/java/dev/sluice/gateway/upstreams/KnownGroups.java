package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the message system was last heard to say of groups: each is asked for once at a time however
 * many want to know, and asked for again in the background when it is no longer fresh, so that only
 * the first to ask waits. For any thread.
 */
final class KnownGroups {

  /** After this a change in the message system is seen with the next use. */
  static final Duration FRESH = Duration.ofSeconds(10);

  /** What was heard longer ago is asked for anew, and waited for. */
  private static final Duration KEPT = Duration.ofMinutes(1);

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final int MAX = 10_000;

  private final SharedUpstream shared;
  private final Instance instance;

  // Emptied when full; what is being asked for then ends by itself. What does not exist is removed
  // at once.
  private final ConcurrentHashMap<String, Known> groups = new ConcurrentHashMap<>();

  KnownGroups(SharedUpstream shared, Instance instance) {
    this.shared = shared;
    this.instance = instance;
  }

  void get(String group, Completion<ConsumerGroup> completion) {
    Known known = groups.get(group);
    if (known == null) {
      if (groups.size() >= MAX) {
        groups.clear();
      }
      known = groups.computeIfAbsent(group, Known::new);
    }
    known.get(completion);
  }

  /** One group. Its lock is never held while anything is asked or told. */
  private final class Known implements Completion<ConsumerGroup> {
    private final String group;
    private List<Completion<ConsumerGroup>> waiting = new ArrayList<>();
    private boolean asking;
    private @Nullable ConsumerGroup value;
    private long heardNanos;
    private long freshUntilNanos;

    Known(String group) {
      this.group = group;
    }

    void get(Completion<ConsumerGroup> completion) {
      long now = instance.clock().nanoTime();
      ConsumerGroup ready;
      boolean ask = false;
      synchronized (this) {
        ready = value != null && now - heardNanos < KEPT.toNanos() ? value : null;
        if (ready == null) {
          waiting.add(new OnLoop<>(instance.loops().current(), completion));
        }
        if (!asking && (ready == null || now - freshUntilNanos >= 0)) {
          asking = true;
          ask = true;
        }
      }
      if (ready != null) {
        completion.done(ready);
      }
      if (ask) {
        shared.call((upstream, done) -> upstream.group(group, done), this);
      }
    }

    @Override
    public void done(ConsumerGroup heard) {
      List<Completion<ConsumerGroup>> told;
      synchronized (this) {
        value = heard;
        heardNanos = instance.clock().nanoTime();
        freshUntilNanos = heardNanos + FRESH.toNanos();
        told = ended();
      }
      told.forEach(waiter -> waiter.done(heard));
    }

    @Override
    public void failed(GatewayException failure) {
      List<Completion<ConsumerGroup>> told;
      synchronized (this) {
        freshUntilNanos = instance.clock().nanoTime() + RETRY.toNanos();
        if (failure.category() == ErrorCategory.NOT_FOUND) {
          value = null;
        }
        if (value == null) {
          groups.remove(group, this);
        }
        told = ended();
      }
      told.forEach(waiter -> waiter.failed(failure));
    }

    private List<Completion<ConsumerGroup>> ended() {
      asking = false;
      List<Completion<ConsumerGroup>> told = waiting;
      waiting = new ArrayList<>();
      return told;
    }
  }
}
