package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.TopicConsumers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Asks how far a group is in queues of one topic. On loops. */
@FunctionalInterface
interface CommittedOffsets {

  /**
   * The offsets that the group has committed.
   *
   * @param reply in the order of the queues; {@link Offsets#NONE} where it has none
   */
  void of(String group, List<TopicQueue> queues, Reply<List<Long>> reply);

  /** Brokers of 5.x say where a group has no offset. */
  static CommittedOffsets told(RemotingClient client) {
    return (group, queues, reply) ->
        Gather.<TopicQueue, Long>each(
            queues, (queue, part) -> client.offsets().committed(group, queue, part), reply);
  }

  /**
   * Brokers of 4.x say zero of a young queue instead of nothing. So they are asked first whether
   * the group has any offset in the topic; a member that is subscribed to it counts as much.
   */
  static CommittedOffsets ofClassicGroups(RemotingClient client) {
    CommittedOffsets told = told(client);
    return (group, queues, reply) -> {
      if (queues.isEmpty()) {
        reply.done(List.of());
        return;
      }
      List<Broker> brokers =
          queues.stream()
              .map(TopicQueue::broker)
              .filter(broker -> broker.master() != null)
              .distinct()
              .toList();
      Gather.<Broker, List<String>>each(
          brokers,
          (broker, part) -> consumers(client, broker, queues.getFirst().topic(), part),
          Then.of(
              groups -> {
                Set<Broker> knowing = new HashSet<>();
                for (int i = 0; i < brokers.size(); i++) {
                  if (groups.get(i).contains(group)) {
                    knowing.add(brokers.get(i));
                  }
                }
                ofSome(told, group, queues, knowing, reply);
              },
              reply::failed));
    };
  }

  @SuppressWarnings("NullAway") // only brokers with a master are asked
  private static void consumers(
      RemotingClient client, Broker broker, String topic, Reply<List<String>> reply) {
    client
        .commands()
        .call(
            broker.master(),
            new TopicConsumers(topic),
            Commands.Effect.READS,
            client.options().callTimeout().toMillis(),
            reply);
  }

  private static void ofSome(
      CommittedOffsets told,
      String group,
      List<TopicQueue> queues,
      Set<Broker> knowing,
      Reply<List<Long>> reply) {
    List<TopicQueue> asked =
        queues.stream().filter(queue -> knowing.contains(queue.broker())).toList();
    told.of(
        group,
        asked,
        Then.of(
            offsets -> {
              List<Long> all = new ArrayList<>(queues.size());
              int next = 0;
              for (TopicQueue queue : queues) {
                all.add(knowing.contains(queue.broker()) ? offsets.get(next++) : Offsets.NONE);
              }
              reply.done(all);
            },
            reply::failed));
  }
}
