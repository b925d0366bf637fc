package dev.sluice.rocketmq.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.AllocateMessageQueueStrategy;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragelyByCircle;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueByConfig;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueByMachineRoom;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueConsistentHash;
import org.junit.jupiter.api.Test;

/** Shares of queues beside those that the official client works out. */
class AllocationStrategyTest {
  private static final int RUNS = 300;

  /** A group as every member sees it. */
  private record Group(List<MessageQueue> queues, List<String> members) {}

  @Test
  void averagelyAsTheOfficialClient() {
    same(AllocationStrategy.averagely(), new AllocateMessageQueueAveragely());
  }

  @Test
  void byCircleAsTheOfficialClient() {
    same(AllocationStrategy.averagelyByCircle(), new AllocateMessageQueueAveragelyByCircle());
  }

  @Test
  void byConsistentHashAsTheOfficialClient() {
    same(AllocationStrategy.consistentHash(), new AllocateMessageQueueConsistentHash());
    same(AllocationStrategy.consistentHash(3), new AllocateMessageQueueConsistentHash(3));
  }

  @Test
  void byMachineRoomsAsTheOfficialClient() {
    AllocateMessageQueueByMachineRoom official = new AllocateMessageQueueByMachineRoom();
    official.setConsumeridcs(Set.of("north", "east"));
    same(AllocationStrategy.machineRooms(Set.of("north", "east")), official);
  }

  @Test
  void asConfiguredAsTheOfficialClient() {
    Seeds.forAll(
        RUNS,
        seeds -> {
          Group group = group(seeds);
          List<MessageQueue> own = group.queues.stream().filter(queue -> seeds.chance(50)).toList();
          if (own.isEmpty()) {
            return;
          }
          AllocateMessageQueueByConfig official = new AllocateMessageQueueByConfig();
          official.setMessageQueueList(official(own));
          String member = seeds.pick(group.members);

          assertThat(ours(AllocationStrategy.configured(own), member, group))
              .isEqualTo(theirs(official, member, group));
        });
  }

  @Test
  void whatIsNotConfiguredAtAllIsSharedAveragely() {
    Group group =
        new Group(
            List.of(new MessageQueue("%RETRY%g", "b", 0), new MessageQueue("%RETRY%g", "b", 1)),
            List.of("one", "two"));
    AllocationStrategy strategy =
        AllocationStrategy.configured(List.of(new MessageQueue("t", "b", 0)));

    assertThat(ours(strategy, "two", group)).containsExactly(new MessageQueue("%RETRY%g", "b", 1));
  }

  private static void same(AllocationStrategy ours, AllocateMessageQueueStrategy theirs) {
    Seeds.forAll(
        RUNS,
        seeds -> {
          Group group = group(seeds);
          Collection<MessageQueue> all = new ArrayList<>();
          for (String member : group.members) {
            List<MessageQueue> share = ours(ours, member, group);
            assertThat(share).isEqualTo(theirs(theirs, member, group));
            all.addAll(share);
          }
          assertThat(all).doesNotHaveDuplicates();
          assertThat(ours(ours, "stranger", group)).isEmpty();
        });
  }

  private static Group group(Seeds seeds) {
    Set<MessageQueue> queues = new TreeSet<>();
    String topic = "t" + seeds.between(0, 1000);
    int brokers = seeds.between(1, 4);
    for (int broker = 0; broker < brokers; broker++) {
      String name = seeds.pick("north@", "east@", "west@", "north@x@", "@", "") + "b" + broker;
      for (int id = seeds.between(1, 9); id > 0; id--) {
        queues.add(new MessageQueue(topic, name, id - 1));
      }
    }
    Set<String> members = new TreeSet<>();
    for (int count = seeds.between(1, 12); count > 0; count--) {
      members.add("10.0.0." + seeds.between(1, 255) + "@" + seeds.between(1, 99_999));
    }
    return new Group(List.copyOf(queues), List.copyOf(members));
  }

  private static List<MessageQueue> ours(AllocationStrategy strategy, String member, Group group) {
    return strategy.allocate("g", member, group.queues, group.members);
  }

  private static List<MessageQueue> theirs(
      AllocateMessageQueueStrategy strategy, String member, Group group) {
    return strategy.allocate("g", member, official(group.queues), group.members).stream()
        .map(each -> new MessageQueue(each.getTopic(), each.getBrokerName(), each.getQueueId()))
        .toList();
  }

  private static List<org.apache.rocketmq.common.message.MessageQueue> official(
      List<MessageQueue> queues) {
    return queues.stream()
        .map(
            queue ->
                new org.apache.rocketmq.common.message.MessageQueue(
                    queue.topic(), queue.broker(), queue.id()))
        .toList();
  }
}
