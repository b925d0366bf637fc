package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SystemFlags;
import dev.sluice.rocketmq.wire.WireException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes RocketMQ's messages of the gateway's: names the properties, sets the system flag, checks
 * what only RocketMQ forbids. Stateless.
 */
final class OutboundEncoding {
  private static final int MAX_LEVEL = 18;

  /** What a member of a batch takes besides its body and properties. */
  private static final int MEMBER_OVERHEAD = 22;

  /** What the properties take whose names and sizes are ours; an upper bound. */
  private static final int OWN_PROPERTIES = 160;

  private static final int MOST_BYTES_PER_CHAR = 3;

  private OutboundEncoding() {}

  /** Properties that only some messages have. */
  @FunctionalInterface
  interface Extra {
    void addTo(PropertyText properties);
  }

  /** What a usual message takes to the wire; else as below. */
  static SendBatch.Member member(OutboundMessage message, String id, long requestBornAt) {
    return member(message, id, requestBornAt, null);
  }

  /**
   * What a message takes to the wire.
   *
   * @param id its unique id
   * @param requestBornAt the born time that the request says for all its messages; one that was
   *     born at another time carries that as a property
   * @param extra what makes it more than a usual message, or null
   * @throws GatewayException INVALID_ARGUMENT for what RocketMQ cannot store
   */
  static SendBatch.Member member(
      OutboundMessage message, String id, long requestBornAt, @Nullable Extra extra) {
    PropertyText properties = PropertyText.empty();
    properties.add(PropertyNames.UNIQUE_ID, id);
    properties.add(PropertyNames.TAGS, message.tag());
    properties.add(PropertyNames.KEYS, message.keys());
    properties.add(PropertyNames.SHARDING_KEY, message.shardingKey());
    if (!message.bornHost().isEmpty()) {
      properties.add(PropertyNames.BORN_HOST, message.bornHost());
    }
    if (message.bornAt() != requestBornAt) {
      properties.add(PropertyNames.BORN_TIMESTAMP, message.bornAt());
    }
    addSchedule(properties, message.schedule());
    if (message.priority() != OutboundMessage.NO_PRIORITY) {
      properties.add(PropertyNames.PRIORITY, message.priority());
    }
    properties.add(PropertyNames.LITE_TOPIC, message.liteTopic());
    if (extra != null) {
      extra.addTo(properties);
    }
    if (!message.properties().isEmpty()) {
      for (Map.Entry<String, String> each : message.properties().entrySet()) {
        properties.addUsers(each.getKey(), each.getValue());
      }
    }
    try {
      return SendBatch.Member.of(0, properties.toString(), message.body());
    } catch (WireException e) {
      throw new GatewayException(
          ErrorCategory.INVALID_ARGUMENT, Subject.PROPERTIES, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Makes sure that a message has what can go to the wire.
   *
   * @throws GatewayException INVALID_ARGUMENT for what RocketMQ cannot store
   */
  static void check(OutboundMessage message) {
    var _ = member(message, "", message.bornAt());
  }

  /** The system flag of messages with this encoding. */
  static int systemFlags(BodyEncoding encoding) {
    return switch (encoding) {
      case IDENTITY -> 0;
      case GZIP -> SystemFlags.COMPRESSED;
    };
  }

  /** Upper bound of the bytes that a message takes in a batch. */
  static int sizeInBatch(OutboundMessage message) {
    long bytes =
        message.body().remaining()
            + MEMBER_OVERHEAD
            + OWN_PROPERTIES
            + MOST_BYTES_PER_CHAR * chars(message);
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  /** How many characters of properties come from outside. */
  private static long chars(OutboundMessage message) {
    long chars = message.bornHost().length();
    chars += length(message.id()) + length(message.tag()) + length(message.shardingKey());
    chars += length(message.liteTopic());
    for (String key : message.keys()) {
      chars += key.length() + 1;
    }
    if (!message.properties().isEmpty()) {
      for (Map.Entry<String, String> each : message.properties().entrySet()) {
        chars += each.getKey().length() + each.getValue().length() + 2;
      }
    }
    return chars;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private static void addSchedule(PropertyText properties, Schedule schedule) {
    switch (schedule) {
      case Schedule.Now() -> {}
      case Schedule.Level(int level) -> {
        if (level < 1 || level > MAX_LEVEL) {
          throw GatewayException.invalid(
              Subject.DELIVERY_TIME, "delay level: " + level + " (expected: 1 to 18)");
        }
        properties.add(PropertyNames.DELAY_LEVEL, level);
      }
      case Schedule.At(long epochMillis) -> properties.add(PropertyNames.DELIVER_AT, epochMillis);
    }
  }
}
