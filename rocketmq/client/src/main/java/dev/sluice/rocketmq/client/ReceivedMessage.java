package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.requests.MessageBody;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message as it came from a broker. Immutable; for any thread.
 *
 * <p>The body may be a view of the answer that brought it and other messages: who keeps a message
 * for long keeps {@link #bodyBytes()} instead.
 */
public final class ReceivedMessage {
  private final StoredMessage stored;
  private final String topic;
  private final String broker;
  private final int attempt;

  private ReceivedMessage(StoredMessage stored, String topic, String broker, int attempt) {
    this.stored = stored;
    this.topic = topic;
    this.broker = broker;
    this.attempt = attempt;
  }

  /**
   * For the other modules of this library: a message as the application sees it.
   *
   * @param topic the topic that it was sent to, without the namespace
   * @param broker the name of the broker that it came from
   * @param attempt how often it was handed out, this time included; 1 or more
   */
  public static ReceivedMessage of(StoredMessage stored, String topic, String broker, int attempt) {
    return new ReceivedMessage(stored, topic, broker, attempt);
  }

  /** For the other modules of this library: as the broker sent it. */
  public StoredMessage stored() {
    return stored;
  }

  /** The topic that it was sent to, without the namespace; also for a message that is retried. */
  public String topic() {
    return topic;
  }

  /** The queue that it is stored in: for a retried message, one of its group's retry topic. */
  public MessageQueue queue() {
    return new MessageQueue(stored.topic(), broker, stored.queueId());
  }

  /** Its position in the queue. */
  public long queueOffset() {
    return stored.queueOffset();
  }

  /** The sender's unique id, or the broker's id where the sender gave none. */
  public String messageId() {
    return stored.messageId();
  }

  /** The id that the broker knows the message by: its address and log position. */
  public String offsetMessageId() {
    return stored.offsetMessageId();
  }

  /**
   * The body, expanded where it was compressed; read-only, positioned at its start.
   *
   * @throws RocketMQException INTERNAL if it cannot be read: compressed in an unknown way, corrupt,
   *     or larger than the client's limit
   */
  public ByteBuffer body() {
    return switch (stored.body()) {
      case MessageBody.Decoded decoded -> decoded.bytes().duplicate();
      case MessageBody.Undecoded bad ->
          throw RocketMQException.of(
              RocketMQException.Category.INTERNAL,
              "body of message " + messageId() + ": " + bad.problem() + ": " + bad.detail());
    };
  }

  /** A copy of {@link #body()}. */
  public byte[] bodyBytes() {
    ByteBuffer body = body();
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return bytes;
  }

  /** The tag. */
  public Optional<String> tag() {
    return property(PropertyNames.TAGS);
  }

  /** The keys to find it by. */
  public List<String> keys() {
    return property(PropertyNames.KEYS)
        .map(keys -> Arrays.stream(keys.split(" ")).filter(key -> !key.isEmpty()).toList())
        .orElse(List.of());
  }

  /** The key whose messages are kept in order. */
  public Optional<String> shardingKey() {
    return property(PropertyNames.SHARDING_KEY);
  }

  /** The value of a property, also of those that brokers and clients use among themselves. */
  public Optional<String> property(String name) {
    return Optional.ofNullable(stored.property(name));
  }

  /** All properties, also those that brokers and clients use among themselves. */
  public Map<String, String> properties() {
    return stored.properties();
  }

  /** The application's own flag. */
  public int flag() {
    return stored.flag();
  }

  /** When it was sent, by the sender's clock. */
  public Instant bornAt() {
    return Instant.ofEpochMilli(stored.bornTimestamp());
  }

  /** When it was stored, by the broker's clock. */
  public Instant storedAt() {
    return Instant.ofEpochMilli(stored.storeTimestamp());
  }

  /** How often it was handed out, this time included; 1 or more. */
  public int attempt() {
    return attempt;
  }

  @Override
  public String toString() {
    return "ReceivedMessage[" + topic + ' ' + messageId() + ", attempt " + attempt + ']';
  }
}
