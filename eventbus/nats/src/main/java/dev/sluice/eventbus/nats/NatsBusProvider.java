package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusProvider;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.TransportOptions;
import dev.sluice.eventbus.core.TransportBus;
import dev.sluice.lifecycle.Ledger;

/** Makes buses over NATS JetStream; found by {@link java.util.ServiceLoader}. */
public final class NatsBusProvider implements EventBusProvider {

  /** For the service loader. */
  public NatsBusProvider() {}

  @Override
  public boolean opens(TransportOptions options) {
    return options instanceof NatsOptions;
  }

  @Override
  public EventBus create(TransportOptions options, Ledger ledger) {
    if (!(options instanceof NatsOptions nats)) {
      throw EventBusException.invalid("options", options, "NatsOptions");
    }
    return TransportBus.over(new NatsTransport(nats, ledger), nats.bus(), ledger);
  }
}
