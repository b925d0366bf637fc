package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GroupMemberIds;
import dev.sluice.rocketmq.requests.QueueLocks;
import dev.sluice.rocketmq.requests.SendBack;
import dev.sluice.rocketmq.wire.Request;
import java.util.Collection;
import java.util.List;

/** Asks the master of the broker set: replicas know of no members and keep no locks. */
final class ConsumingCalls implements Consuming {
  private final Commands remoting;
  private final long timeoutMillis;

  ConsumingCalls(Commands remoting, RemotingOptions options) {
    this.remoting = remoting;
    this.timeoutMillis = options.callTimeout().toMillis();
  }

  @Override
  public void memberIds(Broker broker, String group, Reply<List<String>> reply) {
    ask(broker, new GroupMemberIds(group), Commands.Effect.READS, reply);
  }

  @Override
  public void lock(
      Broker broker,
      String group,
      String clientId,
      Collection<QueueLocks.Queue> queues,
      Reply<List<QueueLocks.Queue>> reply) {
    // Made again it does the same, so that a lost answer needs no care.
    ask(broker, new QueueLocks.Lock(group, clientId, queues), Commands.Effect.READS, reply);
  }

  @Override
  public void unlock(
      Broker broker,
      String group,
      String clientId,
      Collection<QueueLocks.Queue> queues,
      Reply<Done> reply) {
    ask(broker, new QueueLocks.Unlock(group, clientId, queues), Commands.Effect.CHANGES, reply);
  }

  @Override
  public void sendBack(Broker broker, SendBack message, Reply<Done> reply) {
    ask(broker, message, Commands.Effect.CHANGES, reply);
  }

  private <R> void ask(Broker broker, Request<R> request, Commands.Effect effect, Reply<R> reply) {
    Endpoint master = broker.master();
    if (master == null) {
      Replies.fail(
          reply,
          ClientException.of(
              FailureCategory.UNAVAILABLE, "broker: " + broker.name() + " has no master now"));
      return;
    }
    remoting.call(master, request, effect, timeoutMillis, reply);
  }
}
