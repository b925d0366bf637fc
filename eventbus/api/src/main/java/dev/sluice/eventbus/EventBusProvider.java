package dev.sluice.eventbus;

import dev.sluice.lifecycle.Ledger;

/**
 * Makes buses over one kind of broker. Found by {@link java.util.ServiceLoader}, so it has a public
 * constructor without parameters, and is named in {@code
 * META-INF/services/dev.sluice.eventbus.EventBusProvider}.
 */
public interface EventBusProvider {

  /** Whether these options are of its kind. */
  boolean opens(TransportOptions options);

  /**
   * Makes a bus, and acquires nothing yet.
   *
   * @param options of its kind
   * @param ledger that has whatever the bus opens, as long as it is open
   */
  EventBus create(TransportOptions options, Ledger ledger);
}
