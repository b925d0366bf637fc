package dev.sluice.eventbus.dispatch;

/** What became of items so far. Guarded by the board. */
final class Counts {

  long handled;
  long deadLettered;
  long skipped;
  long retries;
  long discarded;

  void resolved(Resolution how) {
    switch (how) {
      case HANDLED -> handled++;
      case DEAD_LETTERED -> deadLettered++;
      case SKIPPED -> skipped++;
    }
  }
}
