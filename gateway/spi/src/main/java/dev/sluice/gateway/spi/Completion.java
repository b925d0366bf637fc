package dev.sluice.gateway.spi;

/**
 * Receives the end of one asynchronous call: exactly one of {@link #done} and {@link #failed},
 * exactly once, on the {@link Loop} on which the call was made (on any loop where it was made off
 * the loops). It may be called before the call that it was given to returns. It must not block and
 * must not throw.
 *
 * @param <T> what the call yields
 */
public interface Completion<T> {

  /** The call succeeded. */
  void done(T value);

  /** The call failed; the category tells whether anything may have happened all the same. */
  void failed(GatewayException failure);

  /** Tells a caller who waits for nothing but the end that the call succeeded. */
  @SuppressWarnings("NullAway") // null is the only value that a Void has
  static void succeed(Completion<Void> completion) {
    completion.done(null);
  }
}
