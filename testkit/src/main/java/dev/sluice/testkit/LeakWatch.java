package dev.sluice.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The leaks of this process, from the moment it is installed. One for the process, as Netty's
 * detectors and the standard streams are.
 */
final class LeakWatch {

  private static final int MOST_KEPT = 50;

  // Emptied by each check; beyond the bound a further leak adds nothing that a person would read.
  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
  private static final RecordingLeakDetector.Factory FACTORY =
      new RecordingLeakDetector.Factory(LeakWatch::record);

  static {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(FACTORY);
    System.setOut(LeakLines.watching(System.out, LeakWatch::record));
    System.setErr(LeakLines.watching(System.err, LeakWatch::record));
  }

  private LeakWatch() {}

  /**
   * Must come before the first use of a buffer: a class of Netty keeps the detector that it got
   * first.
   */
  static void install() {
    // The work is done once, by the class's initialiser.
  }

  private static void record(String leak) {
    if (LEAKS.size() < MOST_KEPT) {
      LEAKS.add(leak);
    }
  }

  /**
   * Fails if something has leaked since the last check.
   *
   * @param when completes "leaked by the end of ..."
   */
  static void check(String when) {
    GarbageCollection.await();
    FACTORY.look();
    List<String> leaks = new ArrayList<>();
    for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
      leaks.add(leak);
    }
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          leaks.size() + " leaked by the end of " + when + ":\n" + String.join("\n", leaks));
    }
  }
}
