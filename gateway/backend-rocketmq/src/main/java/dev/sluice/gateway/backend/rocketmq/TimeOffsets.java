package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.StoredMessage;

/**
 * Finds the first message of a queue that was stored at a point in time or after it, or else the
 * end of the queue. On loops.
 */
@FunctionalInterface
interface TimeOffsets {

  /**
   * Whose name is read in where no group asks: brokers have it from their start on, for
   * administrators.
   */
  String NOBODY = "TOOLS_CONSUMER";

  /**
   * The offset.
   *
   * @param group in whose name messages are read, where that is needed
   * @param epochMillis milliseconds since the epoch
   */
  void of(String group, TopicQueue queue, long epochMillis, Reply<Long> reply);

  /** Brokers of 5.x tell it. */
  static TimeOffsets told(RemotingClient client) {
    return (group, queue, epochMillis, reply) -> client.offsets().byTime(queue, epochMillis, reply);
  }

  /**
   * Brokers of 4.x tell the message that is nearest to the time, and any of those of one
   * millisecond. So they are asked for the millisecond before, and messages are read from there on.
   * A caller who may not read has what the broker tells.
   */
  static TimeOffsets ofNearest(RemotingClient client) {
    return (group, queue, epochMillis, reply) -> {
      Search search = new Search(client, group, queue, epochMillis, reply);
      client
          .offsets()
          .byTime(queue, Math.max(0, epochMillis - 1), Then.of(search::from, reply::failed));
    };
  }

  /** Reads on until a message is late enough. */
  record Search(
      RemotingClient client, String group, TopicQueue queue, long epochMillis, Reply<Long> reply) {
    private static final int BATCH = 32;

    void from(long offset) {
      client
          .pulling()
          .pull(
              group,
              queue,
              offset,
              BATCH,
              0,
              Filter.ALL,
              Then.of(answer -> read(offset, answer), this::failed));
    }

    private void read(long offset, PullReply answer) {
      for (StoredMessage message : answer.messages()) {
        if (message.storeTimestamp() >= epochMillis) {
          reply.done(message.queueOffset());
          return;
        }
      }
      long next = answer.nextOffset();
      if (answer.status() == PullReply.Status.NOT_FOUND || next <= offset) {
        reply.done(next);
      } else {
        from(next);
      }
    }

    private void failed(ClientException failure) {
      if (failure.category() == FailureCategory.UNAUTHENTICATED) {
        client.offsets().byTime(queue, epochMillis, reply);
      } else {
        reply.failed(failure);
      }
    }
  }
}
