package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Works out which part of a list a member gets. */
final class Shares {
  private Shares() {}

  /** The first members get one more where the queues do not divide evenly. */
  static List<MessageQueue> averagely(
      String clientId, List<MessageQueue> queues, List<String> members) {
    int index = members.indexOf(clientId);
    if (index < 0) {
      return List.of();
    }
    int each = queues.size() / members.size();
    int more = queues.size() % members.size();
    int from = index * each + Math.min(index, more);
    int to = from + each + (index < more ? 1 : 0);
    return List.copyOf(queues.subList(from, to));
  }

  static List<MessageQueue> byCircle(
      String clientId, List<MessageQueue> queues, List<String> members) {
    int index = members.indexOf(clientId);
    if (index < 0) {
      return List.of();
    }
    List<MessageQueue> share = new ArrayList<>();
    for (int i = index; i < queues.size(); i += members.size()) {
      share.add(queues.get(i));
    }
    return share;
  }

  /** What does not divide evenly goes from the end of the list to the first members. */
  static List<MessageQueue> inRooms(
      String clientId, List<MessageQueue> queues, List<String> members, Set<String> rooms) {
    int index = members.indexOf(clientId);
    if (index < 0) {
      return List.of();
    }
    List<MessageQueue> own = queues.stream().filter(queue -> isIn(rooms, queue.broker())).toList();
    int each = own.size() / members.size();
    List<MessageQueue> share = new ArrayList<>(own.subList(each * index, each * (index + 1)));
    int rest = each * members.size() + index;
    if (rest < own.size()) {
      share.add(own.get(rest));
    }
    return share;
  }

  private static boolean isIn(Set<String> rooms, String broker) {
    int at = broker.indexOf('@');
    return at > 0
        && at < broker.length() - 1
        && broker.indexOf('@', at + 1) < 0
        && rooms.contains(broker.substring(0, at));
  }

  static List<MessageQueue> configured(
      String clientId, List<MessageQueue> queues, List<String> members, Set<MessageQueue> own) {
    Set<String> topics = own.stream().map(MessageQueue::topic).collect(Collectors.toSet());
    boolean named = queues.stream().anyMatch(queue -> topics.contains(queue.topic()));
    return named
        ? queues.stream().filter(own::contains).toList()
        : averagely(clientId, queues, members);
  }
}
