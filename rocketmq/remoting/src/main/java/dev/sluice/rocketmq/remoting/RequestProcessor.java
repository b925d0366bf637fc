package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.RemotingCommand;
import org.jspecify.annotations.Nullable;

/** Answers requests that a broker sends to its client, e.g. to check a transaction. */
@FunctionalInterface
public interface RequestProcessor {

  /**
   * Takes one request, on the event loop of the connection that it came on; must not block.
   *
   * @param from the broker
   * @return the answer, made with the request's opaque, or null to send none. What is thrown
   *     becomes an answer with code 1 (system error)
   */
  @Nullable RemotingCommand process(Endpoint from, RemotingCommand request);
}
