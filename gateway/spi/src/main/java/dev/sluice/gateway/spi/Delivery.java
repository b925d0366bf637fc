package dev.sluice.gateway.spi;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message handed out to be acknowledged; comes again when it is not.
 *
 * @param topic the topic that it was sent to, also where it comes again
 * @param messageId its unique id
 * @param body read-only heap bytes, never changed
 * @param encoding how the body is to be read
 * @param tag its tag, or null
 * @param keys its keys
 * @param shardingKey its sharding key, or null
 * @param properties the user's own
 * @param bornAt when it was made, milliseconds since the epoch
 * @param bornHost where it was made; may be empty
 * @param storedAt when it was stored, milliseconds since the epoch
 * @param storeHost where it was stored; may be empty
 * @param queue the queue that it came from
 * @param offset its position there
 * @param attempt how many times it was handed out, this one included: 1 the first time
 * @param handle what acknowledges it at the backend, until {@code visibleAgainAt}
 * @param visibleAgainAt when it comes again unless acknowledged, milliseconds since the epoch
 * @param priority its priority, or {@link OutboundMessage#NO_PRIORITY}
 * @param liteTopic the lite topic that it came from, or null
 */
public record Delivery(
    String topic,
    String messageId,
    ByteBuffer body,
    BodyEncoding encoding,
    @Nullable String tag,
    List<String> keys,
    @Nullable String shardingKey,
    Map<String, String> properties,
    long bornAt,
    String bornHost,
    long storedAt,
    String storeHost,
    QueueId queue,
    long offset,
    int attempt,
    String handle,
    long visibleAgainAt,
    int priority,
    @Nullable String liteTopic) {

  /** A delivery of a message of no lite topic. */
  public Delivery(
      String topic,
      String messageId,
      ByteBuffer body,
      BodyEncoding encoding,
      @Nullable String tag,
      List<String> keys,
      @Nullable String shardingKey,
      Map<String, String> properties,
      long bornAt,
      String bornHost,
      long storedAt,
      String storeHost,
      QueueId queue,
      long offset,
      int attempt,
      String handle,
      long visibleAgainAt,
      int priority) {
    this(
        topic,
        messageId,
        body,
        encoding,
        tag,
        keys,
        shardingKey,
        properties,
        bornAt,
        bornHost,
        storedAt,
        storeHost,
        queue,
        offset,
        attempt,
        handle,
        visibleAgainAt,
        priority,
        null);
  }

  /** A delivery of a message without a priority. */
  public Delivery(
      String topic,
      String messageId,
      ByteBuffer body,
      BodyEncoding encoding,
      @Nullable String tag,
      List<String> keys,
      @Nullable String shardingKey,
      Map<String, String> properties,
      long bornAt,
      String bornHost,
      long storedAt,
      String storeHost,
      QueueId queue,
      long offset,
      int attempt,
      String handle,
      long visibleAgainAt) {
    this(
        topic,
        messageId,
        body,
        encoding,
        tag,
        keys,
        shardingKey,
        properties,
        bornAt,
        bornHost,
        storedAt,
        storeHost,
        queue,
        offset,
        attempt,
        handle,
        visibleAgainAt,
        OutboundMessage.NO_PRIORITY);
  }

  /** The same, handed out so many times. */
  public Delivery again(int newAttempt) {
    return with(newAttempt, handle);
  }

  /** The same, acknowledged by another handle. */
  public Delivery by(String newHandle) {
    return with(attempt, newHandle);
  }

  private Delivery with(int newAttempt, String newHandle) {
    return new Delivery(
        topic,
        messageId,
        body,
        encoding,
        tag,
        keys,
        shardingKey,
        properties,
        bornAt,
        bornHost,
        storedAt,
        storeHost,
        queue,
        offset,
        newAttempt,
        newHandle,
        visibleAgainAt,
        priority,
        liteTopic);
  }
}
