package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.PullMessage;
import dev.sluice.rocketmq.requests.PullReply;

/** Asks the broker of the queue. */
final class PullCalls implements Pulling {
  /** Brokers look every 5 s for pulls that have waited long enough. */
  private static final long LATE_MILLIS = 5_000;

  private final Commands remoting;
  private final long callTimeoutMillis;

  PullCalls(Commands remoting, RemotingOptions options) {
    this.remoting = remoting;
    this.callTimeoutMillis = options.callTimeout().toMillis();
  }

  @Override
  public void pull(
      String group,
      TopicQueue queue,
      long offset,
      int maxMessages,
      long waitMillis,
      Filter filter,
      Reply<PullReply> reply) {
    Endpoint reader = queue.broker().reader();
    if (reader == null) {
      Replies.fail(reply, SendCalls.noMaster(queue));
      return;
    }
    PullMessage request =
        new PullMessage(
            group,
            queue.topic(),
            queue.id(),
            offset,
            maxMessages,
            waitMillis,
            filter.kind().name(),
            filter.expression());
    long late = waitMillis > 0 ? LATE_MILLIS : 0;
    remoting.call(
        reader, request, Commands.Effect.READS, waitMillis + late + callTimeoutMillis, reply);
  }
}
