package dev.sluice.eventbus;

import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.lifecycle.Ledger;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds who makes a bus of given options. */
final class Providers {

  private Providers() {}

  static EventBus create(TransportOptions options, Ledger ledger) {
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(ledger, "ledger");
    return find(options, Thread.currentThread().getContextClassLoader())
        .or(() -> find(options, EventBusProvider.class.getClassLoader()))
        .orElseThrow(() -> missing(options))
        .create(options, ledger);
  }

  private static Optional<EventBusProvider> find(
      TransportOptions options, @Nullable ClassLoader loader) {
    return ServiceLoader.load(EventBusProvider.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.opens(options))
        .findFirst();
  }

  private static EventBusException missing(TransportOptions options) {
    return EventBusException.of(
        Category.UNAVAILABLE,
        "nothing on the class path opens "
            + options.getClass().getSimpleName()
            + " (expected: the artifact dev.sluice:"
            + options.artifact()
            + ')');
  }
}
