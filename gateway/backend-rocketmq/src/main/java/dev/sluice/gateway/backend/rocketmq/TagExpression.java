package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Filter;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides exactly which tags an expression names. Brokers compare hashes of tags only, so that what
 * they hand out may carry another tag of equal hash.
 */
final class TagExpression {
  private static final TagExpression ALL = new TagExpression(Set.of());

  private final Set<String> tags;

  private TagExpression(Set<String> tags) {
    this.tags = tags;
  }

  /** What a filter asks for; everything where the broker evaluates the filter exactly. */
  static TagExpression of(Filter filter) {
    String expression = filter.expression().strip();
    if (filter.type() != Filter.Type.TAG || expression.isEmpty() || expression.equals("*")) {
      return ALL;
    }
    Set<String> tags = HashSet.newHashSet(4);
    int from = 0;
    while (from <= expression.length()) {
      int end = expression.indexOf("||", from);
      end = end < 0 ? expression.length() : end;
      String tag = expression.substring(from, end).strip();
      if (!tag.isEmpty()) {
        tags.add(tag);
      }
      from = end + 2;
    }
    return tags.isEmpty() || tags.contains("*") ? ALL : new TagExpression(tags);
  }

  /** Whether the tag is among those named. */
  boolean matches(@Nullable String tag) {
    return tags.isEmpty() || (tag != null && tags.contains(tag));
  }
}
