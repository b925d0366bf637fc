package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.InboundMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What handlers did, by key, and whether two of a key ever ran at a time. */
public final class Handled {

  private final Map<String, List<Integer>> byKey = new HashMap<>();
  private final Map<String, Integer> running = new HashMap<>();
  private final List<String> faults = new ArrayList<>();

  /** To be told when a handler begins. */
  public synchronized void begin(InboundMessage message) {
    String key = String.valueOf(message.key());
    if (running.merge(key, 1, Integer::sum) > 1) {
      faults.add("two handlers of " + key + " at a time, one of them at " + message.position());
    }
  }

  /** To be told when it ends, and whether it handled its message. */
  public synchronized void end(InboundMessage message, boolean done) {
    String key = String.valueOf(message.key());
    running.merge(key, -1, Integer::sum);
    if (done) {
      byKey.computeIfAbsent(key, none -> new ArrayList<>()).add(number(message));
    }
  }

  /** A whole handler, which handles what it gets. */
  public void handle(InboundMessage message) {
    begin(message);
    end(message, true);
  }

  /** The number in a body, which may be filled up with spaces. */
  public static int number(InboundMessage message) {
    return Integer.parseInt(new String(message.body(), StandardCharsets.UTF_8).strip());
  }

  /** The numbers that were handled of a key, in that order. */
  public synchronized List<Integer> of(String key) {
    return List.copyOf(byKey.getOrDefault(key, List.of()));
  }

  /** How many were handled, all keys together. */
  public synchronized int count() {
    return byKey.values().stream().mapToInt(List::size).sum();
  }

  /** That no two handlers of a key ran at a time. */
  public synchronized void assertNoOverlap() {
    assertThat(faults).isEmpty();
  }

  /** That all numbers below were handled of a key, once each, in their order. */
  public void assertInOrder(String key, int numbers) {
    assertThat(of(key)).as(key).containsExactlyElementsOf(upTo(numbers));
  }

  /** All numbers below. */
  public static List<Integer> upTo(int numbers) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < numbers; i++) {
      all.add(i);
    }
    return all;
  }
}
