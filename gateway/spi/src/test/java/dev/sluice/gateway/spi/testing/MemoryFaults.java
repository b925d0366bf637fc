package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a message system in memory does wrong, on command. Settings hold for calls made after them.
 * Safe for use by any thread.
 */
public final class MemoryFaults {

  /** What can go wrong. */
  public enum Operation {
    START,
    PING,
    TOPOLOGY,
    SEND,
    RECALL,
    BEGIN,
    END,
    GROUP,
    SUBSCRIBE,
    JOIN,
    MEMBERS,
    RECEIVE,
    ACK,
    CHANGE_INVISIBLE,
    DEAD_LETTER,
    PULL,
    OFFSETS,
    CLOSE
  }

  private final Map<Operation, Deque<GatewayException>> failures = new EnumMap<>(Operation.class);
  private final Map<Operation, Duration> delays = new EnumMap<>(Operation.class);
  private final Map<Operation, List<Runnable>> held = new EnumMap<>(Operation.class);
  private final Deque<GatewayException> afterStoring = new ArrayDeque<>();
  private final Deque<GatewayException> afterEnding = new ArrayDeque<>();
  private final Map<Operation, Integer> calls = new EnumMap<>(Operation.class);
  private @Nullable Predicate<OutboundMessage> refused;
  private @Nullable Random reordering;
  private int duplicates;

  /** The next call of this kind fails; called again: the one after it too. */
  public synchronized void failNext(Operation operation, GatewayException failure) {
    failures.computeIfAbsent(operation, key -> new ArrayDeque<>()).add(failure);
  }

  /** The next send stores its messages, and fails all the same. */
  public synchronized void failNextSendAfterStoring(GatewayException failure) {
    afterStoring.add(failure);
  }

  /** The next end of a transaction takes effect, and fails all the same. */
  public synchronized void failNextEndAfterEnding(GatewayException failure) {
    afterEnding.add(failure);
  }

  /** Every call of this kind takes so long. */
  public synchronized void delay(Operation operation, Duration delay) {
    delays.put(operation, delay);
  }

  /** Calls of this kind wait for {@link #release}, and take effect then. */
  public synchronized void hold(Operation operation) {
    held.computeIfAbsent(operation, key -> new ArrayList<>());
  }

  /** Ends {@link #hold}; what waited takes effect on its loops. */
  public void release(Operation operation) {
    List<Runnable> waiting;
    synchronized (this) {
      waiting = held.remove(operation);
    }
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
  }

  /** Lets the call that has waited longest take effect; the others and later ones wait on. */
  public void releaseOne(Operation operation) {
    Runnable first;
    synchronized (this) {
      List<Runnable> waiting = held.get(operation);
      if (waiting == null || waiting.isEmpty()) {
        throw new IllegalStateException("nothing waits: " + operation);
      }
      first = waiting.removeFirst();
    }
    first.run();
  }

  /** How many calls of this kind wait for {@link #release}. */
  public synchronized int holding(Operation operation) {
    return held.getOrDefault(operation, List.of()).size();
  }

  /** Sends with such a message are refused as a whole. */
  public synchronized void refuse(Predicate<OutboundMessage> messages) {
    refused = messages;
  }

  /** The next so many deliveries are handed out a second time, soon after. */
  public synchronized void duplicateNext(int count) {
    duplicates += count;
  }

  /** Receives hand out what they found in any order. */
  public synchronized void reorder(Random random) {
    reordering = random;
  }

  /** How many calls of this kind were made. */
  public synchronized int calls(Operation operation) {
    return calls.getOrDefault(operation, 0);
  }

  synchronized void count(Operation operation) {
    calls.merge(operation, 1, Integer::sum);
  }

  synchronized @Nullable GatewayException nextFailure(Operation operation) {
    Deque<GatewayException> scripted = failures.get(operation);
    return scripted == null ? null : scripted.poll();
  }

  synchronized @Nullable GatewayException nextFailureAfterStoring() {
    return afterStoring.poll();
  }

  synchronized @Nullable GatewayException nextFailureAfterEnding() {
    return afterEnding.poll();
  }

  synchronized Duration delayOf(Operation operation) {
    return delays.getOrDefault(operation, Duration.ZERO);
  }

  synchronized boolean holdIfAsked(Operation operation, Runnable call) {
    List<Runnable> waiting = held.get(operation);
    if (waiting == null) {
      return false;
    }
    waiting.add(call);
    return true;
  }

  synchronized boolean refuses(OutboundMessage message) {
    return refused != null && refused.test(message);
  }

  synchronized boolean takeDuplicate() {
    if (duplicates == 0) {
      return false;
    }
    duplicates--;
    return true;
  }

  synchronized @Nullable Random reordering() {
    return reordering;
  }
}
