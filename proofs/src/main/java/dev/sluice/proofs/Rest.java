package dev.sluice.proofs;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A gateway's state with nobody connected: what it is before the load, it must be again after it.
 *
 * @param sample what was seen
 * @param threads the names of its threads, each as often as there are such
 * @param live what its heap held
 */
record Rest(Sample sample, List<String> threads, LiveObjects live) {

  /** How much the heap may have grown: caches of the libraries, and what was counted. */
  private static final long HEAP_ALLOWANCE = 4L << 20;

  /** The gateway remembers this many ids that were cleaned up, by their hashes. */
  private static final long REMEMBERED_IDS = 100_000;

  private static final long BYTES_PER_REMEMBERED_ID = 100;

  private static final int GROWN_CLASSES = 30;
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Waits until nothing has changed for a while with nobody connected, and yields that state. */
  static Rest settled(GatewayProcess gateway, Observer observer, Duration unchanged, Duration limit)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long since = System.nanoTime();
    Sample last = observer.quickly();
    while (System.nanoTime() - since < unchanged.toNanos()) {
      Pause.of(LOOK);
      Sample now = observer.quickly();
      if (!now.isQuiet()
          || now.process().descriptors() != last.process().descriptors()
          || now.page().ledgerOpen() != last.page().ledgerOpen()) {
        since = System.nanoTime();
      }
      last = now;
      if (System.nanoTime() > end) {
        throw new IOException("the gateway has not come to rest within " + limit + ": " + now);
      }
    }
    return of(gateway, observer);
  }

  /**
   * Waits until the gateway is as it was, and yields what still differs at the limit.
   *
   * @param cleanedUp how many ids were cleaned up in between
   */
  List<String> returned(GatewayProcess gateway, Observer observer, long cleanedUp, Duration limit)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    List<String> differences = cheapDifferences(observer.quickly());
    while (!differences.isEmpty() && System.nanoTime() < end) {
      Pause.of(LOOK);
      differences = cheapDifferences(observer.quickly());
    }
    return differences(of(gateway, observer), cleanedUp);
  }

  private static Rest of(GatewayProcess gateway, Observer observer)
      throws IOException, InterruptedException {
    // Cleaners and weak references need a collection to find what the first has freed.
    observer.thoroughly();
    Sample sample = observer.thoroughly();
    return new Rest(sample, ThreadNames.of(gateway.pid()), observer.live());
  }

  private List<String> differences(Rest now, long cleanedUp) {
    var differences = new ArrayList<>(cheapDifferences(now.sample));
    List<String> more = new ArrayList<>(now.threads);
    threads.forEach(more::remove);
    if (!more.isEmpty()) {
      differences.add("threads that were not there before: " + more);
    }
    more(
        differences,
        "members that the broker counts",
        sample.slow().brokerConsumers(),
        now.sample.slow().brokerConsumers());
    more(
        differences,
        "producers that the broker counts",
        sample.slow().brokerProducers(),
        now.sample.slow().brokerProducers());
    long allowed =
        sample.slow().liveBytes()
            + HEAP_ALLOWANCE
            + Math.min(cleanedUp, REMEMBERED_IDS) * BYTES_PER_REMEMBERED_ID;
    if (now.sample.slow().liveBytes() > allowed) {
      differences.add(
          "heap after a collection: %,d bytes (expected: at most %,d, before: %,d); grown most: %s"
              .formatted(
                  now.sample.slow().liveBytes(),
                  allowed,
                  sample.slow().liveBytes(),
                  live.grown(now.live, GROWN_CLASSES)));
    }
    return differences;
  }

  private List<String> cheapDifferences(Sample now) {
    var differences = new ArrayList<String>();
    for (String kind :
        List.of("active_connections", "active_producers", "active_consumers", "active_streams")) {
      more(differences, kind, 0, now.page().value(kind));
    }
    more(differences, "open in the ledger", sample.page().ledgerOpen(), now.page().ledgerOpen());
    more(differences, "descriptors", sample.process().descriptors(), now.process().descriptors());
    more(
        differences, "upstream connections", sample.process().outgoing(), now.process().outgoing());
    more(differences, "leaks found", 0, now.leaks());
    return differences;
  }

  private static void more(List<String> differences, String what, long before, long now) {
    if (now > before) {
      differences.add("%s: %,d (expected: at most %,d, as before)".formatted(what, now, before));
    }
  }
}
