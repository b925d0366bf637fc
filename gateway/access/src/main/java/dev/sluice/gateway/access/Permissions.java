package dev.sluice.gateway.access;

import dev.sluice.gateway.upstreams.Rights;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a user may do, by rules that are compared as RocketMQ's own access control does: of those
 * that speak of an action and a name, the one that names it most exactly decides, and of equals one
 * that denies. Where none does, it is denied. Immutable.
 */
final class Permissions implements Rights {

  private static final String RETRIES = "%RETRY%";

  /**
   * One rule.
   *
   * @param resource null for topics and groups alike
   * @param name the name, or how names begin
   * @param prefix whether names only begin so
   * @param actions what it speaks of
   * @param allow whether it allows them, or denies them
   */
  record Rule(
      @Nullable Resource resource,
      String name,
      boolean prefix,
      Set<Action> actions,
      boolean allow) {

    boolean isAbout(Action action, Resource asked, String full) {
      return (resource == null || resource == asked)
          && actions.contains(action)
          && (prefix ? full.startsWith(name) : full.equals(name));
    }
  }

  private static final Comparator<Rule> MOST_EXACT_FIRST =
      Comparator.<Rule, Boolean>comparing(rule -> rule.resource == null)
          .thenComparing(Rule::prefix)
          .thenComparingInt(rule -> -rule.name.length())
          .thenComparing(Rule::allow);

  /** Everything. */
  static final Permissions ALL =
      new Permissions(List.of(new Rule(null, "", true, Set.of(Action.values()), true)));

  private final List<Rule> rules;

  Permissions(List<Rule> rules) {
    this.rules = rules.stream().sorted(MOST_EXACT_FIRST).toList();
  }

  @Override
  public boolean allow(Action action, Resource resource, String name) {
    if (resource == Resource.TOPIC && name.startsWith(RETRIES)) {
      // A group's own: whoever consumes for the group may have it.
      return allow(Action.SUB, Resource.GROUP, name.substring(RETRIES.length()));
    }
    for (Rule rule : rules) {
      if (rule.isAbout(action, resource, name)) {
        return rule.allow;
      }
    }
    return false;
  }
}
