package dev.sluice.eventbus.dispatch;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Ledger;
import java.util.List;

/**
 * Has a handler handle the items of flows: one at a time for each key, in the order in which they
 * were taken, retries included; different keys beside each other, up to the bounds, in turn by flow
 * and within a flow by key. Keys are the same over all flows: where two have items of one key,
 * these too are handled one after the other.
 *
 * <p>An attempt that overruns is interrupted and has failed, also if it returns afterwards; the
 * next one of its key starts when its thread has left the handler, so that attempts never overlap.
 * Waits between attempts occupy no thread. Each attempt has a thread of its own. Whatever a handler
 * throws is a failure, errors included.
 *
 * <p>All methods may be called on any thread, and none but {@link #close} blocks.
 *
 * <p>Closing takes nothing more and starts nothing. What runs, and the dead-letter target, has six
 * tenths of the time; then handlers are interrupted. The report names keys and threads of those
 * that have not returned, and what is still being dead-lettered. What fails meanwhile, or was not
 * started, is not resolved: {@link #inspect} says how much. Frontiers stay readable until flows are
 * revoked.
 */
public interface KeyedDispatcher<T> extends BoundedCloseable {

  /**
   * One that runs on virtual threads, by the machine's time.
   *
   * @param deadLetters not called unless the policy says so
   * @param ledger where running handlers are counted, until the last one has returned
   */
  static <T> KeyedDispatcher<T> create(
      DispatchOptions options,
      ItemHandler<T> handler,
      DeadLetterTarget<T> deadLetters,
      Ledger ledger) {
    return create(options, handler, deadLetters, DispatchRuntime.system(options.name(), ledger));
  }

  /** One that runs on something else. */
  static <T> KeyedDispatcher<T> create(
      DispatchOptions options,
      ItemHandler<T> handler,
      DeadLetterTarget<T> deadLetters,
      DispatchRuntime runtime) {
    return new MailboxDispatcher<>(options, handler, deadLetters, runtime);
  }

  /** Begins a flow; one that takes nothing if this is closed. */
  Flow<T> open(String name, FlowOwner<T> owner);

  /** What waits for somebody: parked keys and stalled flows. */
  List<Parked> parked();

  /**
   * Has what is parked tried again, from its first attempt on. A flow goes on when nothing stalls
   * it any more. False if nothing is parked there, or this is closed.
   */
  boolean retry(Parked parked);

  /**
   * Resolves what is parked as skipped, and goes on behind it. False if nothing is parked there, or
   * this is closed.
   */
  boolean skip(Parked parked);

  /** What goes on now. Takes time in proportion to open flows and running handlers. */
  DispatchSnapshot inspect();
}
