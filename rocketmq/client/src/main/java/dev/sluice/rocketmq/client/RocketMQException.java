package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.wire.WireException;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which calls of this library fail. {@link #category()} is what programs decide by;
 * the message is for people, and names the value and what was expected where a value is at fault.
 */
public final class RocketMQException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is. */
  public enum Category {
    /** An argument or option is at fault; the same call fails again. Nothing was done. */
    INVALID_ARGUMENT,
    /** The topic, group, queue, message or offset does not exist. */
    NOT_FOUND,
    /** The broker does not know the caller, or does not allow it this. */
    UNAUTHENTICATED,
    /** A bound of this client or of the broker is reached. Nothing was done; try again later. */
    OVERLOADED,
    /** Nothing reached a broker: no connection, no route, closed. Nothing was done. */
    UNAVAILABLE,
    /** No answer in time to what changes nothing, or to what was never written. */
    TIMEOUT,
    /** The request may have reached the broker, but its answer never came: done or not done. */
    UNKNOWN_OUTCOME,
    /** The caller's thread was interrupted while it waited; what was begun may still be done. */
    INTERRUPTED,
    /** The broker broke the protocol or failed inside, or the application's own code threw. */
    INTERNAL
  }

  private static final int NO_CODE = ClientException.NO_CODE;

  private final Category category;
  private final int code;

  private RocketMQException(
      Category category, int code, @Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
    this.category = category;
    this.code = code;
  }

  /** Of a category, without a response code. */
  public static RocketMQException of(Category category, String message) {
    return new RocketMQException(category, NO_CODE, message, null);
  }

  /** Of a category, without a response code. */
  public static RocketMQException of(Category category, String message, @Nullable Throwable cause) {
    return new RocketMQException(category, NO_CODE, message, cause);
  }

  /** An argument or option that cannot be: {@code name: value (expected: ...)}. */
  public static RocketMQException invalid(String name, Object value, String expected) {
    return of(Category.INVALID_ARGUMENT, name + ": " + value + " (expected: " + expected + ')');
  }

  /** For the other modules of this library: a failure of the layers below. */
  public static RocketMQException from(Throwable failure) {
    return switch (failure) {
      case RocketMQException known -> known;
      case CompletionException wrapped when wrapped.getCause() != null -> from(wrapped.getCause());
      case ClientException e -> new RocketMQException(categoryOf(e), e.code(), e.getMessage(), e);
      case WireException e -> of(wireCategory(e), String.valueOf(e.getMessage()), e);
      default -> of(Category.INTERNAL, String.valueOf(failure), failure);
    };
  }

  /**
   * For the other modules of this library: a failure of a call that was waited for, with the stack
   * of whoever waited.
   */
  public static RocketMQException rethrown(ExecutionException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    RocketMQException known = from(cause);
    return new RocketMQException(known.category, known.code, known.getMessage(), known);
  }

  private static Category categoryOf(ClientException e) {
    return switch (e.category()) {
      case INVALID_ARGUMENT -> Category.INVALID_ARGUMENT;
      case NOT_FOUND -> Category.NOT_FOUND;
      case UNAUTHENTICATED -> Category.UNAUTHENTICATED;
      case OVERLOADED -> Category.OVERLOADED;
      case UNAVAILABLE -> Category.UNAVAILABLE;
      case TIMEOUT -> Category.TIMEOUT;
      case UNKNOWN_OUTCOME -> Category.UNKNOWN_OUTCOME;
      case INTERNAL -> Category.INTERNAL;
    };
  }

  private static Category wireCategory(WireException e) {
    return switch (e.reason()) {
      case INVALID_ARGUMENT, LIMIT -> Category.INVALID_ARGUMENT;
      default -> Category.INTERNAL;
    };
  }

  /** What kind of failure it is. */
  public Category category() {
    return category;
  }

  /** The broker's or name server's response code, where one answered. */
  public OptionalInt responseCode() {
    return code == NO_CODE ? OptionalInt.empty() : OptionalInt.of(code);
  }
}
