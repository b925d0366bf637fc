package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusProvider;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.TransportOptions;
import dev.sluice.eventbus.core.TransportBus;
import dev.sluice.lifecycle.Ledger;

/** Opens buses over Kafka; found by {@link java.util.ServiceLoader}. */
public final class KafkaBusProvider implements EventBusProvider {

  /** For the service loader. */
  public KafkaBusProvider() {}

  @Override
  public boolean opens(TransportOptions options) {
    return options instanceof KafkaOptions;
  }

  @Override
  public EventBus create(TransportOptions options, Ledger ledger) {
    if (!(options instanceof KafkaOptions kafka)) {
      throw new IllegalArgumentException("options: " + options + " (expected: KafkaOptions)");
    }
    return TransportBus.over(KafkaTransport.create(kafka, ledger), kafka.bus(), ledger);
  }
}
