package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusProvider;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.TransportOptions;
import dev.sluice.eventbus.core.TransportBus;
import dev.sluice.lifecycle.Ledger;

/** Makes buses over RocketMQ; found by {@link java.util.ServiceLoader}. */
public final class RocketMQBusProvider implements EventBusProvider {

  /** For the service loader. */
  public RocketMQBusProvider() {}

  @Override
  public boolean opens(TransportOptions options) {
    return options instanceof RocketMQOptions;
  }

  @Override
  public EventBus create(TransportOptions options, Ledger ledger) {
    if (!(options instanceof RocketMQOptions rocketmq)) {
      throw EventBusException.invalid("options", options, "RocketMQOptions");
    }
    return TransportBus.over(new RocketMQTransport(rocketmq, ledger), rocketmq.bus(), ledger);
  }
}
