package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.wire.Request;

/** Requests as they are, to addresses. Everything else of the client is made of this. */
public interface Commands {

  /** The longest timeout; longer ones are cut to it. A day. */
  long MAX_TIMEOUT_MILLIS = 86_400_000;

  /**
   * Sends a request and completes with its answer, as read by the request.
   *
   * @param effect what is said of the call when its answer never comes
   * @param timeoutMillis from now; includes connecting; at most {@link #MAX_TIMEOUT_MILLIS}
   */
  <R> void call(
      Endpoint endpoint, Request<R> request, Effect effect, long timeoutMillis, Reply<R> reply);

  /** Sends a request to which no answer comes. Done when it is written to the connection. */
  void oneWay(Endpoint endpoint, Request<?> request, long timeoutMillis, Reply<Done> reply);

  /**
   * Answers the requests with this code that brokers send. One processor per code; the last one
   * wins. Requests without one are answered with code 3 (not supported).
   */
  void processor(int code, RequestProcessor processor);

  /** What a request does to the broker, which decides what its lost answer means. */
  enum Effect {
    /** Nothing; a lost answer is TIMEOUT or UNAVAILABLE, and asking again is harmless. */
    READS,
    /** Something; a lost answer is UNKNOWN_OUTCOME once the request may have been written. */
    CHANGES
  }
}
