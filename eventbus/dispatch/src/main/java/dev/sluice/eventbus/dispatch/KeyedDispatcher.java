package dev.sluice.eventbus.dispatch;

import dev.sluice.lifecycle.BoundedCloseable;
import java.util.List;

/**
 * Has a handler handle the items of flows: one at a time for each key, in the flow's order, retries
 * included; different keys beside each other, up to the bounds.
 *
 * <p>An attempt that overruns is interrupted and has failed; the next one of its key starts when
 * its thread has left the handler, so that attempts never overlap. Waits between attempts occupy no
 * thread. All methods may be called on any thread.
 *
 * <p>Closing takes nothing more, waits for what runs (items that wait are not started), interrupts,
 * and reports the keys whose handlers have not returned. Frontiers stay readable until flows are
 * revoked.
 */
public interface KeyedDispatcher<T> extends BoundedCloseable {

  /** Begins a flow. */
  Flow<T> open(String name, FlowOwner<T> owner);

  /** What waits for somebody: parked keys and stalled partitions. */
  List<Parked> parked();

  /**
   * Has what is parked tried again, from its first attempt on. False if nothing is parked there.
   */
  boolean retry(Parked parked);

  /**
   * Resolves what is parked as skipped, and goes on behind it. False if nothing is parked there.
   */
  boolean skip(Parked parked);

  /** What goes on now. */
  DispatchSnapshot inspect();
}
