package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.remoting.Filter;

/** What brokers are told of a filter. */
final class BrokerFilters {

  private BrokerFilters() {}

  /** The same as brokers take it. */
  static Filter of(dev.sluice.gateway.spi.Filter asked) {
    String expression = asked.expression();
    if (expression.isBlank()) {
      return Filter.ALL;
    }
    return switch (asked.type()) {
      case TAG -> Filter.tags(expression);
      case SQL -> Filter.sql(expression);
    };
  }
}
