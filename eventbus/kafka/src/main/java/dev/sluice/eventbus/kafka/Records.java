package dev.sluice.eventbus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.dispatch.Item;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** Messages as records, and back. */
final class Records {
  private static final byte[] EMPTY = new byte[0];

  private Records() {}

  static ProducerRecord<byte[], byte[]> outbound(String topic, OutboundMessage message) {
    String key = message.key();
    var record =
        new ProducerRecord<>(topic, key == null ? null : key.getBytes(UTF_8), message.body());
    message.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
    return record;
  }

  /**
   * A deletion mark of a compacted topic has an empty body; of equal headers the last one holds.
   */
  static InboundMessage inbound(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> headers = HashMap.newHashMap(4);
    for (Header header : record.headers()) {
      byte[] value = header.value();
      headers.put(header.key(), value == null ? "" : new String(value, UTF_8));
    }
    byte[] key = record.key();
    return new InboundMessage(
        record.topic(),
        name(new TopicPartition(record.topic(), record.partition())),
        record.offset(),
        key == null ? null : new String(key, UTF_8),
        record.value() == null ? EMPTY : record.value(),
        headers,
        Instant.ofEpochMilli(Math.max(0, record.timestamp())),
        1);
  }

  static Item<InboundMessage> item(ConsumerRecord<byte[], byte[]> record) {
    InboundMessage message = inbound(record);
    return new Item<>(record.offset(), message.key(), message.size(), message);
  }

  /** {@code topic-3}, which no other partition has. */
  static String name(TopicPartition partition) {
    return partition.toString();
  }

  /**
   * Where a message is.
   *
   * @param partition of a topic
   * @param offset in it
   */
  record Position(int partition, long offset) {}

  /** Reads what {@link InboundMessage#position} gave for a message of the topic. */
  static Position position(String topic, String text) {
    int at = text.lastIndexOf('@');
    String prefix = topic + '-';
    if (at > prefix.length() && text.startsWith(prefix)) {
      try {
        return new Position(
            Integer.parseInt(text.substring(prefix.length(), at)),
            Long.parseLong(text.substring(at + 1)));
      } catch (NumberFormatException e) {
        throw notOfTopic(topic, text);
      }
    }
    throw notOfTopic(topic, text);
  }

  private static EventBusException notOfTopic(String topic, String text) {
    return EventBusException.invalid("from", text, prefixed(topic));
  }

  private static String prefixed(String topic) {
    return "a position in " + topic + ", such as " + topic + "-0@42";
  }
}
