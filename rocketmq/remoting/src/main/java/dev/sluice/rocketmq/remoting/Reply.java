package dev.sluice.rocketmq.remoting;

/**
 * Takes the result of one asynchronous call.
 *
 * <p>Exactly one of the two methods is called, exactly once, on the event loop on which the call
 * was made, or on the one chosen for it when the caller's thread is none. It may be called before
 * the call returns (a refusal, an answer at hand). It must not block. What it throws is logged and
 * dropped.
 *
 * @param <T> what the call gives
 */
public interface Reply<T> {

  /** The call succeeded. */
  void done(T value);

  /** The call failed; {@link ClientException#category()} says how. */
  void failed(ClientException failure);
}
