package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.upstreams.Demand;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tags that a filter asks for. */
public final class TagSet {

  private static final int MAX_TAGS = 256;

  private final boolean all;
  private final Set<String> tags;

  private TagSet(boolean all, Set<String> tags) {
    this.all = all;
    this.tags = tags;
  }

  /**
   * Reads {@code *}, nothing, or {@code a||b}.
   *
   * @throws GatewayException where it is none of these
   */
  public static TagSet parse(String expression) {
    String stripped = expression.strip();
    if (stripped.isEmpty() || stripped.equals("*")) {
      return new TagSet(true, Set.of());
    }
    var tags = new TreeSet<String>();
    for (String part : stripped.split("\\|\\|", -1)) {
      String tag = part.strip();
      if (tag.isEmpty() || tag.indexOf('|') >= 0 || tag.equals("*")) {
        throw GatewayException.invalid(
            Subject.FILTER,
            "tag expression: " + stripped + " (expected: * or tags separated by ||)");
      }
      tags.add(tag);
    }
    if (tags.size() > MAX_TAGS) {
      throw GatewayException.invalid(
          Subject.FILTER,
          "tag expression: " + tags.size() + " tags (expected: at most " + MAX_TAGS + ")");
    }
    return new TagSet(false, Set.copyOf(tags));
  }

  /** Whether messages with this tag are asked for; null for those without. */
  public boolean matches(@Nullable String tag) {
    return all || (tag != null && tags.contains(tag));
  }

  /** Whether all that the one asks for the other does too; they are in their normal form. */
  static boolean covers(Filter more, Filter less) {
    if (more.equals(less)) {
      return true;
    }
    if (more.type() != Filter.Type.TAG || less.type() != Filter.Type.TAG) {
      return false;
    }
    TagSet all = parse(more.expression());
    TagSet some = parse(less.expression());
    return all.all || (!some.all && all.tags.containsAll(some.tags));
  }

  /** What at least one of them asks for. */
  public static Filter union(Collection<TagSet> sets) {
    var tags = new TreeSet<String>();
    for (TagSet set : sets) {
      if (set.all) {
        return Filter.ALL;
      }
      tags.addAll(set.tags);
    }
    return new Filter(Filter.Type.TAG, String.join("||", tags));
  }

  /** What is asked for with the second beside the first, as far as they can be put together. */
  static Demand together(Demand first, Demand second) {
    Filter one = first.filter();
    Filter other = second.filter();
    if (one.type() != Filter.Type.TAG || other.type() != Filter.Type.TAG) {
      return second;
    }
    return new Demand(
        union(List.of(parse(one.expression()), parse(other.expression()))), second.ordered());
  }

  /**
   * The filter with its tags in one form; another kind of filter as it is.
   *
   * @throws GatewayException about {@code FILTER} where the tags are malformed
   */
  public static Filter normalised(Filter filter) {
    return filter.type() == Filter.Type.TAG ? parse(filter.expression()).normalised() : filter;
  }

  /** The same tags in one form. */
  private Filter normalised() {
    return all ? Filter.ALL : new Filter(Filter.Type.TAG, String.join("||", new TreeSet<>(tags)));
  }
}
