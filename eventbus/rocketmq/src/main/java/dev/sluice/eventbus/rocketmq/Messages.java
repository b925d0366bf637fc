package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.ReservedProperties;
import java.util.HashMap;
import java.util.Map;

/**
 * How the bus's messages are messages of RocketMQ: the key is the sharding key, and headers are
 * properties. What RocketMQ cannot have as it is (names of its own, empty values, empty bodies) is
 * marked by properties of this library.
 */
final class Messages {
  /** Before the name of a header that cannot be a property; its value has a {@code =} before it. */
  private static final String CARRIED = "sluice-header-";

  private static final String EMPTY_BODY = "sluice-empty-body";

  /** What a message costs in bounds beside its body and headers. */
  private static final int OVERHEAD = 200;

  private Messages() {}

  /** The message to send; its body is not copied. */
  static Message outbound(String topic, OutboundMessage message) {
    boolean empty = message.body().length == 0;
    Message.Builder builder = Message.builder(topic, empty ? new byte[1] : message.body());
    if (empty) {
      builder.property(EMPTY_BODY, "true");
    }
    if (message.key() != null) {
      builder.shardingKey(message.key());
    }
    message
        .headers()
        .forEach(
            (name, value) -> {
              if (value.isEmpty() || ReservedProperties.contains(name)) {
                builder.property(CARRIED + name, '=' + value);
              } else {
                builder.property(name, value);
              }
            });
    return builder.build();
  }

  /** The message as handlers get it. */
  static InboundMessage inbound(MessageQueue queue, ReceivedMessage message) {
    Map<String, String> headers = new HashMap<>();
    message
        .properties()
        .forEach(
            (name, value) -> {
              if (name.startsWith(CARRIED) && value.startsWith("=")) {
                headers.put(name.substring(CARRIED.length()), value.substring(1));
              } else if (!ReservedProperties.contains(name) && !name.equals(EMPTY_BODY)) {
                headers.put(name, value);
              }
            });
    boolean empty = message.property(EMPTY_BODY).isPresent();
    return new InboundMessage(
        message.topic(),
        Partitions.name(queue),
        message.queueOffset(),
        message.shardingKey().filter(key -> !key.isEmpty()).orElse(null),
        empty ? new byte[0] : message.bodyBytes(),
        headers,
        message.bornAt(),
        1);
  }

  /** What it counts for in bounds. */
  static int bytes(InboundMessage message) {
    long bytes = OVERHEAD + (long) message.body().length;
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      bytes += 2L * (header.getKey().length() + header.getValue().length());
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
