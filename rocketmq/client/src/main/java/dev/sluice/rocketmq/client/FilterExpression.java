package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.remoting.Filter;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which messages of a topic a consumer wants. All members of a group must want the same. Immutable.
 */
public final class FilterExpression {
  private static final FilterExpression ALL = new FilterExpression(Filter.ALL, Set.of());

  private final Filter filter;
  private final Set<String> tags;

  private FilterExpression(Filter filter, Set<String> tags) {
    this.filter = filter;
    this.tags = tags;
  }

  /** All messages. */
  public static FilterExpression all() {
    return ALL;
  }

  /**
   * The messages with one of these tags.
   *
   * @param expression tags joined by {@code ||}, as {@code "a || b"}; {@code *} for all messages
   * @throws RocketMQException INVALID_ARGUMENT if it names no tag
   */
  public static FilterExpression tags(String expression) {
    if (expression.strip().equals("*")) {
      return ALL;
    }
    Set<String> tags =
        Arrays.stream(expression.split("\\|\\|", -1))
            .map(String::strip)
            .filter(tag -> !tag.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
    if (tags.isEmpty()) {
      throw RocketMQException.invalid("expression", "'" + expression + "'", "tags, or *");
    }
    return new FilterExpression(Filter.tags(expression.strip()), tags);
  }

  /**
   * The messages whose properties fulfil an SQL92 condition, as {@code "a > 5 AND b = 'x'"}. The
   * broker must have {@code enablePropertyFilter} set.
   *
   * @throws RocketMQException INVALID_ARGUMENT if it is blank; whether it is well formed, brokers
   *     tell
   */
  public static FilterExpression sql(String condition) {
    if (condition.isBlank()) {
      throw RocketMQException.invalid("condition", "'" + condition + "'", "an SQL92 condition");
    }
    return new FilterExpression(Filter.sql(condition.strip()), Set.of());
  }

  /** For the other modules of this library: itself, as brokers are told. */
  public Filter filter() {
    return filter;
  }

  /**
   * Whether a message has one of the tags. Brokers compare hashes of tags only, so that others with
   * the same hash come, too; SQL conditions are the broker's alone.
   */
  public boolean wants(ReceivedMessage message) {
    return tags.isEmpty() || message.tag().filter(tags::contains).isPresent();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FilterExpression that && filter.equals(that.filter);
  }

  @Override
  public int hashCode() {
    return filter.hashCode();
  }

  /** The expression as it was given. */
  @Override
  public String toString() {
    return filter.expression();
  }
}
