package dev.sluice.proofs;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one group got of messages that are numbered per sharding key: nothing may be missing, and
 * where order is promised, each must come for the first time after those that were accepted before
 * it. Safe for use by any thread; bounded by the messages of a run.
 */
final class KeyedArrivals {

  /** What was sent to a client or confirmed to it at such a distance of a fault was in flight. */
  private static final long NEAR_NANOS = 3_000_000_000L;

  /** A killed broker forgets acknowledgements that it has not written down yet. */
  private static final long FORGOTTEN_NANOS = 20_000_000_000L;

  private static final int MOST_EXAMPLES = 20;

  private final Map<String, Key> keys = new HashMap<>();
  private final List<Window> faults = new ArrayList<>();
  private final List<String> unexcused = new ArrayList<>();
  private int unacknowledged;
  private long duplicates;
  private long inFlightAtFaults;
  private long unexcusedDuplicates;
  private int mostAttempts;

  /** What came of one key. */
  private static final class Key {
    /** In the order in which they came for the first time. */
    private final List<Integer> order = new ArrayList<>();

    private final BitSet seen = new BitSet();
    private final Map<Integer, Times> times = new HashMap<>();
  }

  private static final class Times {
    private final long received = System.nanoTime();
    private @Nullable Long acknowledged;
  }

  /** The time of a fault, with what it may have had in flight. */
  private static final class Window {
    private final long begin;
    private long end = Long.MAX_VALUE;

    Window(long begin) {
      this.begin = begin;
    }
  }

  /** A message came; called before it is acknowledged. */
  synchronized void received(String body, int attempt) {
    Key key = keys.computeIfAbsent(keyOf(body), name -> new Key());
    int number = numberOf(body);
    mostAttempts = Math.max(mostAttempts, attempt);
    if (!key.seen.get(number)) {
      key.seen.set(number);
      key.order.add(number);
      key.times.put(number, new Times());
      unacknowledged++;
      return;
    }
    duplicates++;
    Times times = timesOf(key, number);
    Long acknowledged = times.acknowledged;
    if (acknowledged != null && !wasInFlight(times.received, acknowledged)) {
      unexcusedDuplicates++;
      if (unexcused.size() < MOST_EXAMPLES) {
        unexcused.add(
            "%s, reconsumed %d, acknowledged %d ms before"
                .formatted(body, attempt, (System.nanoTime() - acknowledged) / 1_000_000));
      }
    }
  }

  private static Times timesOf(Key key, int number) {
    Times times = key.times.get(number);
    if (times == null) {
      throw new IllegalStateException("seen and without times: " + number);
    }
    return times;
  }

  private boolean wasInFlight(long received, long acknowledged) {
    return faults.stream().anyMatch(fault -> fault.begin <= acknowledged && received <= fault.end);
  }

  /** An acknowledgement was confirmed. */
  synchronized void acknowledged(String body) {
    Key key = keys.get(keyOf(body));
    if (key == null) {
      return;
    }
    Times times = timesOf(key, numberOf(body));
    if (times.acknowledged == null) {
      times.acknowledged = System.nanoTime();
      unacknowledged--;
    }
  }

  /**
   * Something is about to be done to the cluster.
   *
   * @param killsTheBroker what it confirmed a while before may be forgotten too
   */
  synchronized void faultBegins(boolean killsTheBroker) {
    long begin = System.nanoTime() - (killsTheBroker ? FORGOTTEN_NANOS : NEAR_NANOS);
    faults.add(new Window(begin));
    inFlightAtFaults += unacknowledged;
    for (Key key : keys.values()) {
      inFlightAtFaults +=
          key.times.values().stream()
              .filter(times -> times.acknowledged != null && times.acknowledged >= begin)
              .count();
    }
  }

  /** It has been undone. */
  synchronized void faultEnds() {
    faults.getLast().end = System.nanoTime() + NEAR_NANOS;
  }

  synchronized long duplicates() {
    return duplicates;
  }

  /** What had been received and was not acknowledged for good, added up over all faults. */
  synchronized long inFlightAtFaults() {
    return inFlightAtFaults;
  }

  /** The most attempts that a message came with which came at all. */
  synchronized int mostAttempts() {
    return mostAttempts;
  }

  synchronized int distinct() {
    return keys.values().stream().mapToInt(key -> key.order.size()).sum();
  }

  /** How many of the accepted ones never came. */
  synchronized int missing(Map<String, BitSet> accepted) {
    int missing = 0;
    for (var each : accepted.entrySet()) {
      var absent = (BitSet) each.getValue().clone();
      Key key = keys.get(each.getKey());
      if (key != null) {
        absent.andNot(key.seen);
      }
      missing += absent.cardinality();
    }
    return missing;
  }

  /** The first of them. */
  synchronized List<String> missingOnes(Map<String, BitSet> accepted) {
    var found = new ArrayList<String>();
    accepted.forEach(
        (name, numbers) -> {
          Key key = keys.get(name);
          numbers.stream()
              .filter(number -> key == null || !key.seen.get(number))
              .limit(MOST_EXAMPLES)
              .forEach(number -> found.add(body(name, number)));
        });
    return found;
  }

  /** Accepted messages that came for the first time after one that was accepted later. */
  synchronized List<String> outOfOrder(Map<String, BitSet> accepted) {
    var found = new ArrayList<String>();
    accepted.forEach(
        (name, numbers) -> {
          int last = -1;
          Key key = keys.get(name);
          for (int number : key == null ? List.<Integer>of() : key.order) {
            if (!numbers.get(number)) {
              continue;
            }
            if (number < last) {
              found.add(name + ": " + number + " came after " + last);
            }
            last = Math.max(last, number);
          }
        });
    return found;
  }

  synchronized long unexcusedDuplicates() {
    return unexcusedDuplicates;
  }

  /** The first of them. */
  synchronized List<String> unexcused() {
    return List.copyOf(unexcused);
  }

  static String body(String key, int number) {
    return key + ":" + number;
  }

  private static String keyOf(String body) {
    return body.substring(0, body.indexOf(':'));
  }

  private static int numberOf(String body) {
    return Integer.parseInt(body.substring(body.indexOf(':') + 1));
  }
}
