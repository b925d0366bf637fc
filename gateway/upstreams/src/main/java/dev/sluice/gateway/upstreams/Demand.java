package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Filter;

/**
 * What is asked of a message system for a group and topic. Whoever shares a group's messages must
 * ask for the same: a receive that filters takes what does not match away from all others too.
 *
 * @param filter what of the topic, tags in their normal form
 * @param ordered whether messages with one sharding key come one after the other
 */
public record Demand(Filter filter, boolean ordered) {

  /** As people read it. */
  @Override
  public String toString() {
    String language = filter.type() == Filter.Type.SQL ? "SQL " : "";
    return language + filter.expression() + (ordered ? " in order" : "");
  }
}
