package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.TagSet;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.upstreams.Demand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which subscriptions can share a poll, and what the poll asks for on their behalf. */
final class Compatibility {

  private Compatibility() {}

  /** Why a stream cannot join the others; null where it can. */
  static @Nullable GatewayException conflict(
      GroupPolls.Key key, List<Subscriber> others, Subscriber joining) {
    for (Subscriber other : others) {
      boolean bothTags = other.tags() != null && joining.tags() != null;
      if (!bothTags && !other.filter.equals(joining.filter)) {
        return refused(
            key,
            "filter: " + joining.filter.expression(),
            "the group's other filter on " + key.topic() + ", " + other.filter.expression());
      }
      if (other.ordered != joining.ordered) {
        return refused(
            key,
            "ordered: " + joining.ordered,
            "as the group's other streams on " + key.topic() + ", " + other.ordered);
      }
    }
    return null;
  }

  private static GatewayException refused(GroupPolls.Key key, String value, String expected) {
    return new GatewayException(
        ErrorCategory.FAILED_PRECONDITION,
        Subject.GROUP,
        "group: " + key.group() + " " + value + " (expected: " + expected + ")");
  }

  /** What the poll asks for on behalf of them, one at least. */
  static Demand demand(List<Subscriber> subscribers) {
    return new Demand(union(subscribers), subscribers.getFirst().ordered);
  }

  /** What at least one of them asks for. */
  private static Filter union(List<Subscriber> subscribers) {
    var sets = new ArrayList<TagSet>();
    for (Subscriber subscriber : subscribers) {
      TagSet tags = subscriber.tags();
      if (tags == null) {
        return subscriber.filter;
      }
      sets.add(tags);
    }
    return TagSet.union(sets);
  }
}
