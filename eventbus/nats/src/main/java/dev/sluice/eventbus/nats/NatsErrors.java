package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import io.nats.client.AuthenticationException;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.util.Set;

/** What the client and the server fail with, in the library's words. */
final class NatsErrors {
  /** No such stream. */
  static final int STREAM_NOT_FOUND = 10059;

  /** No such consumer. */
  static final int CONSUMER_NOT_FOUND = 10014;

  /** A stream of that name is there with another configuration. */
  static final int STREAM_NAME_EXISTS = 10058;

  /** Somebody else wrote since. */
  static final Set<Integer> WRONG_LAST_SEQUENCE = Set.of(10071, 10070);

  private static final int MESSAGE_TOO_LONG = 10054;

  /** Of memory, of disk, of what the account or the stream may hold. */
  private static final Set<Integer> FULL = Set.of(10002, 10023, 10028, 10047, 10077);

  private static final int NOT_FOUND = 404;
  private static final int UNAVAILABLE = 503;

  private NatsErrors() {}

  static EventBusException of(String what, Exception failure) {
    return switch (failure) {
      case EventBusException known -> known;
      case JetStreamApiException refused ->
          EventBusException.of(
              category(refused.getErrorCode(), refused.getApiErrorCode()),
              what + ": " + refused.getMessage(),
              refused);
      case AuthenticationException unknown ->
          EventBusException.of(
              Category.UNAUTHENTICATED, what + ": the server does not know the caller", unknown);
      case IOException lost ->
          EventBusException.of(Category.TIMEOUT, what + ": " + lost.getMessage(), lost);
      case IllegalStateException closed ->
          EventBusException.of(Category.UNAVAILABLE, what + ": " + closed.getMessage(), closed);
      default -> EventBusException.of(Category.INTERNAL, what + ": " + failure, failure);
    };
  }

  /**
   * What an answer means.
   *
   * @param status the class of the error, as HTTP has it
   * @param code the server's own
   */
  static Category category(int status, int code) {
    if (code == MESSAGE_TOO_LONG) {
      return Category.INVALID_ARGUMENT;
    }
    if (FULL.contains(code)) {
      return Category.OVERLOADED;
    }
    return switch (status) {
      case NOT_FOUND -> Category.NOT_FOUND;
      case UNAVAILABLE -> Category.UNAVAILABLE;
      default -> Category.INTERNAL;
    };
  }
}
