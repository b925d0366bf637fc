package dev.sluice.rocketmq.requests;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes messages as a broker stores them. */
final class StoredBytes {
  String topic = "topic";
  int queueId = 3;
  long queueOffset = 17;
  int systemFlags;
  int reconsumeTimes;
  int crc;
  byte[] body = "body".getBytes(StandardCharsets.UTF_8);
  Map<String, String> properties = new LinkedHashMap<>();
  InetSocketAddress bornHost = new InetSocketAddress("10.1.2.3", 40_000);
  InetSocketAddress storeHost = new InetSocketAddress("10.4.5.6", 10_911);

  static StoredBytes message() {
    return new StoredBytes();
  }

  StoredBytes topic(String topic) {
    this.topic = topic;
    return this;
  }

  StoredBytes at(int queueId, long queueOffset) {
    this.queueId = queueId;
    this.queueOffset = queueOffset;
    return this;
  }

  StoredBytes reconsumed(int times) {
    this.reconsumeTimes = times;
    return this;
  }

  StoredBytes property(String name, String value) {
    properties.put(name, value);
    return this;
  }

  StoredBytes body(byte[] body, int systemFlags) {
    this.body = body;
    this.systemFlags = systemFlags;
    return this;
  }

  StoredBytes crc(int crc) {
    this.crc = crc;
    return this;
  }

  byte[] write() {
    byte[] topicBytes = topic.getBytes(StandardCharsets.UTF_8);
    byte[] propertyBytes = MessageProperties.encode(properties).getBytes(StandardCharsets.UTF_8);
    byte[] born = bornHost.getAddress().getAddress();
    byte[] store = storeHost.getAddress().getAddress();
    boolean longTopic = topicBytes.length > 127;
    ByteBuffer out =
        ByteBuffer.allocate(256 + body.length + topicBytes.length + propertyBytes.length);
    out.putInt(0).putInt(longTopic ? StoredMessages.MAGIC_V2 : StoredMessages.MAGIC_V1);
    out.putInt(crc).putInt(queueId).putInt(5).putLong(queueOffset).putLong(4096);
    out.putInt(
        systemFlags
            | (born.length == 16 ? SystemFlags.BORN_HOST_V6 : 0)
            | (store.length == 16 ? SystemFlags.STORE_HOST_V6 : 0));
    out.putLong(1_700_000_000_000L).put(born).putInt(bornHost.getPort());
    out.putLong(1_700_000_000_111L).put(store).putInt(storeHost.getPort());
    out.putInt(reconsumeTimes).putLong(77).putInt(body.length).put(body);
    if (longTopic) {
      out.putShort((short) topicBytes.length);
    } else {
      out.put((byte) topicBytes.length);
    }
    out.put(topicBytes).putShort((short) propertyBytes.length).put(propertyBytes);
    out.putInt(0, out.position());
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }

  /** Several messages one behind the other, as an answer's body. */
  static ByteBuffer all(StoredBytes... messages) {
    ByteBuffer all = ByteBuffer.allocate(1 << 20);
    for (StoredBytes each : messages) {
      all.put(each.write());
    }
    return all.flip().slice();
  }
}
