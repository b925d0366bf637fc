package dev.sluice.eventbus.memory;

import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusProvider;
import dev.sluice.eventbus.MemoryOptions;
import dev.sluice.eventbus.TransportOptions;
import dev.sluice.eventbus.core.TransportBus;
import dev.sluice.lifecycle.Ledger;

/** Makes buses in memory; found by {@link java.util.ServiceLoader}. */
public final class MemoryBusProvider implements EventBusProvider {

  /** For the service loader. */
  public MemoryBusProvider() {}

  @Override
  public boolean opens(TransportOptions options) {
    return options instanceof MemoryOptions;
  }

  @Override
  public EventBus create(TransportOptions options, Ledger ledger) {
    if (!(options instanceof MemoryOptions memory)) {
      throw EventBusException.invalid("options", options, "MemoryOptions");
    }
    return TransportBus.over(MemoryTransport.create(memory, ledger), memory.bus(), ledger);
  }
}
