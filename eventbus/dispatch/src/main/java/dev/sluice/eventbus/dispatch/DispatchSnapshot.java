package dev.sluice.eventbus.dispatch;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a dispatcher does at a moment.
 *
 * @param running handlers that run, those included whose time is over
 * @param overdue of these, those that were interrupted and have not returned
 * @param waiting items that were taken and have not started, or wait for their next attempt
 * @param bytes of all items that are not resolved
 * @param handled items handled so far
 * @param retries attempts so far that were not an item's first
 * @param deadLettered items so far
 * @param skipped items so far
 * @param discarded results so far of revoked flows
 * @param flows each flow that is open
 */
public record DispatchSnapshot(
    int running,
    int overdue,
    int waiting,
    long bytes,
    long handled,
    long retries,
    long deadLettered,
    long skipped,
    long discarded,
    List<FlowSnapshot> flows) {

  /**
   * A flow at a moment.
   *
   * @param name as it was opened
   * @param frontier as {@link Flow#frontier}
   * @param unresolved items
   * @param frontierAge for how long the item at the frontier has been here; zero if there is none
   * @param oldestKey the key of that item
   * @param stalled whether nothing more of it starts until somebody says so
   */
  public record FlowSnapshot(
      String name,
      long frontier,
      int unresolved,
      Duration frontierAge,
      @Nullable String oldestKey,
      boolean stalled) {}
}
