package dev.sluice.gateway.frontend.proxy;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import org.jspecify.annotations.Nullable;

/** Makes messages of what callers ask to be sent, or tells what is wrong with it. */
final class Drafts {

  /** What ordered messages without a sharding key share. */
  private static final String NO_KEY = "";

  private static final int MIN_LEVEL = 1;
  private static final int MAX_LEVEL = 18;

  private Drafts() {}

  /**
   * Where a message comes from and goes to.
   *
   * @param topic its producer's topic
   * @param peer its caller
   * @param now when it came, milliseconds since the epoch
   */
  record Origin(String topic, String peer, long now) {}

  /**
   * What all messages have.
   *
   * @param text the body as deployed SDKs give it
   * @param raw the body as bytes; only one of the two may be there
   * @param tag empty for none
   * @param properties the rest
   */
  record Draft(ByteString text, ByteString raw, String tag, MessageProperties properties) {}

  /** A message whose properties alone tell of its order and its time. */
  static OutboundMessage plain(Origin origin, Draft draft) {
    MessageProperties properties = draft.properties();
    return message(
        origin,
        draft,
        MessageRules.shardingKey("properties.sharding_key", properties.getShardingKey()),
        at("properties.start_deliver_time", properties.getStartDeliverTime(), origin.now()));
  }

  /**
   * A message that keeps the order of its sharding key, which may be a field of its own, among the
   * properties, or both where they are equal. Without a key it keeps the order of all such messages
   * of its topic: deployed SDKs let their users leave it out.
   */
  static OutboundMessage ordered(Origin origin, Draft draft, String shardingKey) {
    String field = MessageRules.shardingKey("sharding_key", shardingKey);
    String property =
        MessageRules.shardingKey("properties.sharding_key", draft.properties().getShardingKey());
    if (field != null && property != null && !field.equals(property)) {
      throw GatewayException.invalid(
          Subject.MESSAGE,
          "sharding_key: "
              + MessageRules.shown(field)
              + " beside properties.sharding_key "
              + MessageRules.shown(property)
              + " (expected: one of them, or equal ones)");
    }
    refuseDelay(draft, "an ordered message");
    String key = field != null ? field : property;
    return message(origin, draft, key != null ? key : NO_KEY, Schedule.NOW);
  }

  /** A message that is delivered when its transaction is committed. */
  static OutboundMessage transactional(Origin origin, Draft draft) {
    refuseDelay(draft, "a transaction's message");
    String key = draft.properties().getShardingKey();
    return message(
        origin, draft, MessageRules.shardingKey("properties.sharding_key", key), Schedule.NOW);
  }

  private static void refuseDelay(Draft draft, String what) {
    long time = draft.properties().getStartDeliverTime();
    if (time != 0) {
      throw refusedTime(
          "properties.start_deliver_time: "
              + time
              + " (expected: 0, as "
              + what
              + " cannot be delayed)");
    }
  }

  /** A message that comes later: after a level's time, or at a time of its own. */
  static OutboundMessage delayed(Origin origin, Draft draft, long level, long startDeliverTime) {
    MessageProperties properties = draft.properties();
    return message(
        origin,
        draft,
        MessageRules.shardingKey("properties.sharding_key", properties.getShardingKey()),
        delay(level, startDeliverTime, properties.getStartDeliverTime(), origin.now()));
  }

  private static Schedule delay(long level, long field, long property, long now) {
    if (field != 0 && property != 0 && field != property) {
      throw refusedTime(
          "start_deliver_time: "
              + field
              + " beside properties.start_deliver_time "
              + property
              + " (expected: one of them, or equal ones)");
    }
    String name = field != 0 ? "start_deliver_time" : "properties.start_deliver_time";
    long time = field != 0 ? field : property;
    if (level == 0 && time == 0) {
      throw refusedTime("delay_time_level: 0 without a start_deliver_time (expected: one of them)");
    }
    if (level != 0 && time != 0) {
      throw refusedTime(
          "delay_time_level: "
              + level
              + " beside "
              + name
              + " "
              + time
              + " (expected: one of them)");
    }
    if (level == 0) {
      return at(name, time, now);
    }
    if (level < MIN_LEVEL || level > MAX_LEVEL) {
      throw refusedTime(
          "delay_time_level: " + level + " (expected: " + MIN_LEVEL + " to " + MAX_LEVEL + ")");
    }
    return new Schedule.Level((int) level);
  }

  private static Schedule at(String field, long time, long now) {
    if (time < 0) {
      throw refusedTime(
          field + ": " + time + " (expected: milliseconds since the epoch, or 0 for at once)");
    }
    return time <= now ? Schedule.NOW : new Schedule.At(time);
  }

  private static GatewayException refusedTime(String message) {
    return GatewayException.invalid(Subject.DELIVERY_TIME, message);
  }

  private static OutboundMessage message(
      Origin origin, Draft draft, @Nullable String shardingKey, Schedule schedule) {
    ByteString body = body(draft);
    MessageProperties properties = draft.properties();
    String tag = MessageRules.tag(draft.tag());
    String key = properties.getMessageKey();
    MessageRules.properties(properties.getPropertiesMap(), draft.tag(), key);
    return new OutboundMessage(
        origin.topic(),
        null,
        body.asReadOnlyByteBuffer(),
        BodyEncoding.IDENTITY,
        tag,
        MessageRules.keys(key),
        shardingKey,
        properties.getPropertiesMap(),
        origin.now(),
        origin.peer(),
        schedule);
  }

  private static ByteString body(Draft draft) {
    ByteString text = draft.text();
    ByteString raw = draft.raw();
    if (raw.isEmpty()) {
      MessageRules.body("message_body", text.size());
      return text;
    }
    if (!text.isEmpty()) {
      throw GatewayException.invalid(
          Subject.BODY,
          "message_body: "
              + text.size()
              + " bytes beside a raw_body of "
              + raw.size()
              + " (expected: one of them)");
    }
    MessageRules.body("raw_body", raw.size());
    return raw;
  }
}
