package dev.sluice.gateway.spi;

/**
 * Which messages a subscription asks for.
 *
 * @param type the expression's language
 * @param expression {@code *} or {@code a||b} for tags; a condition for SQL
 */
public record Filter(Type type, String expression) {

  /** Everything. */
  public static final Filter ALL = new Filter(Type.TAG, "*");

  /** Languages of filter expressions. */
  public enum Type {
    TAG,
    SQL
  }
}
