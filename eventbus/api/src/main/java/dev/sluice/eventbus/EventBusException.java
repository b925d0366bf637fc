package dev.sluice.eventbus;

import org.jspecify.annotations.Nullable;

/**
 * The one way in which calls of this library fail. {@link #category()} is what programs decide by;
 * the message is for people, and names the value and what was expected where a value is at fault.
 */
public final class EventBusException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_SHOWN = 300;

  /** What kind of failure it is. */
  public enum Category {
    /** An argument, option or field is at fault; the same call fails again. Nothing was done. */
    INVALID_ARGUMENT,
    /** The topic does not exist. */
    NOT_FOUND,
    /** The broker does not know the caller, or does not allow it this. */
    UNAUTHENTICATED,
    /** A bound of this bus or of the broker is reached. Nothing was done; try again later. */
    OVERLOADED,
    /** Nothing reached a broker: not connected, or closed. Nothing was done. */
    UNAVAILABLE,
    /** No answer in time to what changes nothing, or to what was never written. */
    TIMEOUT,
    /** The broker may have it, but its answer never came. */
    UNKNOWN_OUTCOME,
    /** The broker broke the protocol or failed inside. */
    INTERNAL
  }

  private final Category category;

  private EventBusException(Category category, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  /** Of a category. */
  public static EventBusException of(Category category, String message) {
    return new EventBusException(category, message, null);
  }

  /** Of a category, with a cause. */
  public static EventBusException of(Category category, String message, @Nullable Throwable cause) {
    return new EventBusException(category, message, cause);
  }

  /** A value that cannot be: {@code name: value (expected: ...)}. */
  public static EventBusException invalid(String name, Object value, String expected) {
    String shown = String.valueOf(value);
    if (shown.length() > LONGEST_SHOWN) {
      shown = shown.substring(0, LONGEST_SHOWN) + "...";
    }
    return of(Category.INVALID_ARGUMENT, name + ": " + shown + " (expected: " + expected + ')');
  }

  /** What kind of failure it is. */
  public Category category() {
    return category;
  }
}
