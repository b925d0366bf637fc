package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.OffsetRequests;
import dev.sluice.rocketmq.wire.Request;
import java.util.OptionalLong;

/** Asks the master of the queue's broker. */
final class OffsetCalls implements Offsets {
  private final Commands remoting;
  private final long timeoutMillis;

  OffsetCalls(Commands remoting, RemotingOptions options) {
    this.remoting = remoting;
    this.timeoutMillis = options.callTimeout().toMillis();
  }

  @Override
  public void max(TopicQueue queue, Reply<Long> reply) {
    ask(queue, new OffsetRequests.GetMaxOffset(queue.topic(), queue.id()), reply);
  }

  @Override
  public void min(TopicQueue queue, Reply<Long> reply) {
    ask(queue, new OffsetRequests.GetMinOffset(queue.topic(), queue.id()), reply);
  }

  @Override
  public void byTime(TopicQueue queue, long epochMillis, Reply<Long> reply) {
    ask(queue, new OffsetRequests.SearchOffset(queue.topic(), queue.id(), epochMillis), reply);
  }

  @Override
  public void committed(String group, TopicQueue queue, Reply<Long> reply) {
    ask(
        queue,
        new OffsetRequests.QueryConsumerOffset(group, queue.topic(), queue.id()),
        Replies.map((OptionalLong offset) -> offset.orElse(NONE), reply));
  }

  @Override
  public void commit(String group, TopicQueue queue, long offset, Reply<Done> reply) {
    Endpoint master = queue.broker().master();
    if (master == null) {
      Replies.fail(reply, SendCalls.noMaster(queue));
      return;
    }
    remoting.call(
        master,
        new OffsetRequests.UpdateConsumerOffset(group, queue.topic(), queue.id(), offset),
        Commands.Effect.CHANGES,
        timeoutMillis,
        reply);
  }

  private <R> void ask(TopicQueue queue, Request<R> request, Reply<R> reply) {
    Endpoint reader = queue.broker().reader();
    if (reader == null) {
      Replies.fail(reply, SendCalls.noMaster(queue));
      return;
    }
    remoting.call(reader, request, Commands.Effect.READS, timeoutMillis, reply);
  }
}
