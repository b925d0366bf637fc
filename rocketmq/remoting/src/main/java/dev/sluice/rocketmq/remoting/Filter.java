package dev.sluice.rocketmq.remoting;

/**
 * Which messages of a topic a group wants.
 *
 * @param kind the expression's language
 * @param expression tags joined by {@code ||}, {@code *} for all, or an SQL92 condition
 */
public record Filter(Kind kind, String expression) {

  /** Every message. */
  public static final Filter ALL = new Filter(Kind.TAG, "*");

  /** The languages of filter expressions. */
  public enum Kind {
    /** Tags; brokers compare hashes only, so the receiver compares again. */
    TAG,
    /** Conditions over properties; the broker must have enablePropertyFilter set. */
    SQL92
  }

  /** Messages with one of these tags, e.g. {@code "a || b"}. */
  public static Filter tags(String expression) {
    return new Filter(Kind.TAG, expression);
  }

  /** Messages whose properties fulfil this condition. */
  public static Filter sql(String expression) {
    return new Filter(Kind.SQL92, expression);
  }

  public Filter {
    if (expression.isBlank()) {
      throw new IllegalArgumentException(
          "expression: '" + expression + "' (expected: tags, * or an SQL92 condition)");
    }
  }
}
