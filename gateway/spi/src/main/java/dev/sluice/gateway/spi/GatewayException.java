package dev.sluice.gateway.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a caller is told of. Its message names the offending value and what was expected,
 * and never a secret. Cheap: failures that callers cause carry no stack trace.
 */
public final class GatewayException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What the failure is about, where frontends tell callers apart by it. */
  public enum Subject {
    NONE,
    TOPIC,
    GROUP,
    QUEUE,
    OFFSET,
    MESSAGE,
    BODY,
    PROPERTIES,
    FILTER,
    HANDLE,
    PRODUCER_ID,
    CONSUMER_ID,
    ENDPOINT,
    CLIENT_ID,
    DELIVERY_TIME,
    INVISIBLE_DURATION,
    POLLING_TIME,
    TRANSACTION,
    LITE_TOPIC,
    LITE_SUBSCRIPTION
  }

  private final ErrorCategory category;
  private final Subject subject;

  public GatewayException(ErrorCategory category, Subject subject, String message) {
    this(category, subject, message, null);
  }

  public GatewayException(
      ErrorCategory category, Subject subject, String message, @Nullable Throwable cause) {
    super(message, cause, false, category == ErrorCategory.INTERNAL);
    this.category = Objects.requireNonNull(category, "category");
    this.subject = Objects.requireNonNull(subject, "subject");
  }

  /** A request that is wrong. */
  public static GatewayException invalid(Subject subject, String message) {
    return new GatewayException(ErrorCategory.INVALID_ARGUMENT, subject, message);
  }

  /** Something named that is not there. */
  public static GatewayException notFound(Subject subject, String message) {
    return new GatewayException(ErrorCategory.NOT_FOUND, subject, message);
  }

  /** A limit that is reached. */
  public static GatewayException overloaded(String message) {
    return new GatewayException(ErrorCategory.OVERLOADED, Subject.NONE, message);
  }

  /** A message system that is out of reach. */
  public static GatewayException unavailable(String message, @Nullable Throwable cause) {
    return new GatewayException(ErrorCategory.UNAVAILABLE, Subject.NONE, message, cause);
  }

  /** A fault of ours. */
  public static GatewayException internal(String message, @Nullable Throwable cause) {
    return new GatewayException(ErrorCategory.INTERNAL, Subject.NONE, message, cause);
  }

  public ErrorCategory category() {
    return category;
  }

  public Subject subject() {
    return subject;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNullElse(super.getMessage(), category.name());
  }
}
