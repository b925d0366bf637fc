package dev.sluice.gateway.spi;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to a message system.
 *
 * @param topic where to
 * @param id the message's unique id, or null to have the backend make one
 * @param body read-only heap bytes, not changed by anyone until the completion is called
 * @param encoding how the body is to be read
 * @param tag one tag to filter by, or null
 * @param keys keys to look the message up by; may be empty
 * @param shardingKey messages with an equal key keep their order; null where order does not matter.
 *     The empty key is one like others, but receivers do not see it
 * @param properties the user's own; the backend refuses names that it reserves
 * @param bornAt when the caller made it, milliseconds since the epoch
 * @param bornHost where the caller made it; may be empty
 * @param schedule when it is to be delivered
 * @param priority higher ones are delivered first, where the topic has priorities; from 0, or
 *     {@link #NO_PRIORITY}
 * @param liteTopic the lite topic of the topic that it is for, or null
 */
public record OutboundMessage(
    String topic,
    @Nullable String id,
    ByteBuffer body,
    BodyEncoding encoding,
    @Nullable String tag,
    List<String> keys,
    @Nullable String shardingKey,
    Map<String, String> properties,
    long bornAt,
    String bornHost,
    Schedule schedule,
    int priority,
    @Nullable String liteTopic) {

  /** What has none. */
  public static final int NO_PRIORITY = -1;

  /** A message for no lite topic. */
  public OutboundMessage(
      String topic,
      @Nullable String id,
      ByteBuffer body,
      BodyEncoding encoding,
      @Nullable String tag,
      List<String> keys,
      @Nullable String shardingKey,
      Map<String, String> properties,
      long bornAt,
      String bornHost,
      Schedule schedule,
      int priority) {
    this(
        topic,
        id,
        body,
        encoding,
        tag,
        keys,
        shardingKey,
        properties,
        bornAt,
        bornHost,
        schedule,
        priority,
        null);
  }

  /** A message without a priority. */
  public OutboundMessage(
      String topic,
      @Nullable String id,
      ByteBuffer body,
      BodyEncoding encoding,
      @Nullable String tag,
      List<String> keys,
      @Nullable String shardingKey,
      Map<String, String> properties,
      long bornAt,
      String bornHost,
      Schedule schedule) {
    this(
        topic,
        id,
        body,
        encoding,
        tag,
        keys,
        shardingKey,
        properties,
        bornAt,
        bornHost,
        schedule,
        NO_PRIORITY);
  }

  /** The same message, delivered at another time. */
  public OutboundMessage at(Schedule other) {
    return new OutboundMessage(
        topic,
        id,
        body,
        encoding,
        tag,
        keys,
        shardingKey,
        properties,
        bornAt,
        bornHost,
        other,
        priority,
        liteTopic);
  }

  /** Whether it may travel with others in one batch. */
  public boolean batchable() {
    return schedule instanceof Schedule.Now && priority == NO_PRIORITY && liteTopic == null;
  }
}
