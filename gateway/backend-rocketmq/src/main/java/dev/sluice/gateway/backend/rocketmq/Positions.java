package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.QueueOffsets;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.GetGroup;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Positions in queues, and those of groups. */
final class Positions implements QueueOffsets {
  private final RemotingClient client;
  private final NamedQueues queues;
  private final LoopEntry entry;
  private final Supplier<BrokerFacts> facts;

  /** Brings a call onto a loop, or fails its completion where none is taken any more. */
  @FunctionalInterface
  interface LoopEntry {
    void enter(Completion<?> completion, Runnable call);
  }

  /**
   * Positions that are asked for when it is known what runs on the brokers.
   *
   * @param facts what is known by now
   */
  Positions(
      RemotingClient client, NamedQueues queues, LoopEntry entry, Supplier<BrokerFacts> facts) {
    this.client = client;
    this.queues = queues;
    this.entry = entry;
    this.facts = facts;
  }

  private boolean areClassic() {
    return facts.get().release().classic();
  }

  private void find(
      String topic, QueueId queue, Completion<?> completion, Consumer<TopicQueue> next) {
    entry.enter(completion, () -> queues.find(topic, queue, completion, next));
  }

  @Override
  public void first(String topic, QueueId queue, Completion<Long> completion) {
    ask(topic, queue, completion, client.offsets()::min);
  }

  @Override
  public void end(String topic, QueueId queue, Completion<Long> completion) {
    ask(topic, queue, completion, client.offsets()::max);
  }

  @Override
  public void at(String topic, QueueId queue, long epochMillis, Completion<Long> completion) {
    ask(
        topic,
        queue,
        completion,
        (found, reply) -> byTime().of(TimeOffsets.NOBODY, found, epochMillis, reply));
  }

  private TimeOffsets byTime() {
    return areClassic() ? TimeOffsets.ofNearest(client) : TimeOffsets.told(client);
  }

  private void ask(
      String topic,
      QueueId queue,
      Completion<Long> completion,
      BiConsumer<TopicQueue, Reply<Long>> call) {
    find(
        topic,
        queue,
        completion,
        found ->
            call.accept(
                found,
                Then.of(
                    completion::done, failure -> completion.failed(Failures.of(failure, topic)))));
  }

  @Override
  public void committed(
      String group, String topic, QueueId queue, Completion<OptionalLong> completion) {
    find(
        topic,
        queue,
        completion,
        found ->
            committed(found)
                .of(
                    group,
                    List.of(found),
                    Then.of(
                        offsets -> {
                          long offset = offsets.getFirst();
                          completion.done(
                              offset == Offsets.NONE
                                  ? OptionalLong.empty()
                                  : OptionalLong.of(offset));
                        },
                        failure -> completion.failed(Failures.of(failure, topic, group)))));
  }

  /** Whether a group has any offset is asked of masters only. */
  private CommittedOffsets committed(TopicQueue queue) {
    return areClassic() && queue.broker().master() != null
        ? CommittedOffsets.ofClassicGroups(client)
        : CommittedOffsets.told(client);
  }

  @Override
  public void commit(
      String group, String topic, QueueId queue, long offset, Completion<Void> completion) {
    find(
        topic,
        queue,
        completion,
        found ->
            client
                .offsets()
                .max(
                    found,
                    Then.of(
                        end -> commit(group, found, offset, end, completion),
                        failure -> completion.failed(Failures.of(failure, topic, group)))));
  }

  private void commit(
      String group, TopicQueue queue, long offset, long end, Completion<Void> completion) {
    if (offset < 0 || offset > end) {
      completion.failed(
          GatewayException.invalid(
              Subject.OFFSET, "offset: " + offset + " (expected: 0 to " + end + ")"));
      return;
    }
    client
        .offsets()
        .commit(
            group,
            queue,
            offset,
            Then.of(
                done -> Completion.succeed(completion),
                failure -> {
                  if (failure.code() == ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST) {
                    make(group, queue, offset, completion, failure);
                  } else {
                    completion.failed(Failures.of(failure, queue.topic(), group));
                  }
                }));
  }

  /** Brokers that make groups on first use do not count a commit as one. */
  private void make(
      String group,
      TopicQueue queue,
      long offset,
      Completion<Void> completion,
      ClientException missing) {
    Endpoint master = queue.broker().master();
    if (master == null) {
      completion.failed(Failures.of(missing, queue.topic(), group));
      return;
    }
    client
        .commands()
        .call(
            master,
            new GetGroup(group),
            Commands.Effect.READS,
            client.options().callTimeout().toMillis(),
            Then.of(
                made ->
                    client
                        .offsets()
                        .commit(
                            group,
                            queue,
                            offset,
                            Then.of(
                                done -> Completion.succeed(completion),
                                failure ->
                                    completion.failed(Failures.of(failure, queue.topic(), group)))),
                failure -> completion.failed(Failures.of(failure, queue.topic(), group))));
  }
}
