package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Members and queues on a ring; a queue belongs to the next member. */
final class HashRing {
  private final TreeMap<Long, String> members = new TreeMap<>();
  private final MessageDigest digest = md5();

  private HashRing(List<String> ids, int points) {
    for (String id : ids) {
      for (int i = 0; i < points; i++) {
        members.put(hash(id + '-' + i), id);
      }
    }
  }

  static List<MessageQueue> share(
      String clientId, List<MessageQueue> queues, List<String> members, int points) {
    if (!members.contains(clientId)) {
      return List.of();
    }
    HashRing ring = new HashRing(members, points);
    List<MessageQueue> share = new ArrayList<>();
    for (MessageQueue queue : queues) {
      if (clientId.equals(ring.owner(name(queue)))) {
        share.add(queue);
      }
    }
    return share;
  }

  /** As the official clients name a queue, since the hash is of that. */
  private static String name(MessageQueue queue) {
    return "MessageQueue [topic="
        + queue.topic()
        + ", brokerName="
        + queue.broker()
        + ", queueId="
        + queue.id()
        + ']';
  }

  private String owner(String key) {
    Map.Entry<Long, String> next = members.ceilingEntry(hash(key));
    return next != null ? next.getValue() : members.firstEntry().getValue();
  }

  /** The first four bytes of the MD5, as it is spread evenly; it protects nothing. */
  private long hash(String key) {
    byte[] md5 = digest.digest(key.getBytes(StandardCharsets.UTF_8));
    return Integer.toUnsignedLong(ByteBuffer.wrap(md5).getInt());
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
