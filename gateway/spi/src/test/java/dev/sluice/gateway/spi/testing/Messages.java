package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages for tests. */
public final class Messages {

  private Messages() {}

  /** A message with nothing but a body. */
  public static OutboundMessage plain(String topic, String body) {
    return message(topic, body, null, null, Schedule.NOW);
  }

  /** A message with a tag. */
  public static OutboundMessage tagged(String topic, String body, String tag) {
    return message(topic, body, tag, null, Schedule.NOW);
  }

  /** A message with a sharding key. */
  public static OutboundMessage keyed(String topic, String body, String shardingKey) {
    return message(topic, body, null, shardingKey, Schedule.NOW);
  }

  /** A message with a schedule. */
  public static OutboundMessage scheduled(String topic, String body, Schedule schedule) {
    return message(topic, body, null, null, schedule);
  }

  /** A message. */
  public static OutboundMessage message(
      String topic,
      String body,
      @Nullable String tag,
      @Nullable String shardingKey,
      Schedule schedule) {
    return new OutboundMessage(
        topic,
        null,
        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer(),
        BodyEncoding.IDENTITY,
        tag,
        List.of(),
        shardingKey,
        Map.of(),
        System.currentTimeMillis(),
        "127.0.0.1:1234",
        schedule);
  }

  /** A message with properties of its sender's. */
  public static OutboundMessage withProperties(
      String topic, String body, Map<String, String> properties) {
    return new OutboundMessage(
        topic,
        null,
        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer(),
        BodyEncoding.IDENTITY,
        null,
        List.of(),
        null,
        properties,
        System.currentTimeMillis(),
        "127.0.0.1:1234",
        Schedule.NOW);
  }

  /** The body as text. */
  public static String text(Delivery delivery) {
    return StandardCharsets.UTF_8.decode(delivery.body().duplicate()).toString();
  }

  /** The body as text. */
  public static String text(OutboundMessage message) {
    return StandardCharsets.UTF_8.decode(message.body().duplicate()).toString();
  }
}
