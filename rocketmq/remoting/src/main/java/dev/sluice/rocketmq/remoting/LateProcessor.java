package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.RemotingCommand;
import java.util.function.Consumer;

/** Answers requests that a broker sends to its client, perhaps long after they came. */
@FunctionalInterface
interface LateProcessor {

  /**
   * Takes one request, on the event loop of the connection that it came on; must not block. What is
   * thrown becomes an answer with code 1 (system error).
   *
   * @param from the broker
   * @param answer takes the answer, made with the request's opaque, on any thread, once or never;
   *     it goes nowhere when the connection has ended since
   */
  void process(Endpoint from, RemotingCommand request, Consumer<RemotingCommand> answer);
}
