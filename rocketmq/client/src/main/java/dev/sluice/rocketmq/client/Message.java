package dev.sluice.rocketmq.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message to send. Immutable; for any thread, and for any number of sends, each of which is a
 * message of its own to the broker.
 */
public final class Message {
  /** The largest body in bytes, which is also what brokers take by default: 4 MiB. */
  public static final int MAX_BODY_BYTES = 4 << 20;

  /** The highest delay level; the broker's settings say what each is, 2 h for this by default. */
  public static final int MAX_DELAY_LEVEL = 18;

  private final String topic;
  private final byte[] body;
  private final @Nullable String tag;
  private final List<String> keys;
  private final Map<String, String> properties;
  private final @Nullable String shardingKey;
  private final int delayLevel;
  private final @Nullable Instant deliverAt;
  private final int flag;
  private final boolean waitForStore;

  private Message(Builder from) {
    this.topic = from.topic;
    this.body = from.body;
    this.tag = from.tag;
    this.keys = List.copyOf(from.keys);
    this.properties =
        from.properties.isEmpty()
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(from.properties));
    this.shardingKey = from.shardingKey;
    this.delayLevel = from.delayLevel;
    this.deliverAt = from.deliverAt;
    this.flag = from.flag;
    this.waitForStore = from.waitForStore;
  }

  /**
   * A message.
   *
   * @param topic 1 to 127 letters, digits and {@code % | - _}; not one of the brokers' own
   * @param body 1 byte to {@value #MAX_BODY_BYTES}; copied
   * @throws RocketMQException INVALID_ARGUMENT for others
   */
  public static Builder builder(String topic, byte[] body) {
    return new Builder(topic, body.clone());
  }

  /** A message whose body is a text in UTF-8; else as {@link #builder(String, byte[])}. */
  public static Builder builder(String topic, String body) {
    return new Builder(topic, body.getBytes(StandardCharsets.UTF_8));
  }

  /** The topic, without the namespace. */
  public String topic() {
    return topic;
  }

  /** The body; read-only, positioned at its start. */
  public ByteBuffer body() {
    return ByteBuffer.wrap(body).asReadOnlyBuffer();
  }

  /** For the other modules of this library: the array itself, which nobody may change. */
  public byte[] bytes() {
    return body;
  }

  /** What consumers filter by. */
  public Optional<String> tag() {
    return Optional.ofNullable(tag);
  }

  /** What operators find it by. */
  public List<String> keys() {
    return keys;
  }

  /** The application's own properties, in the order in which they were set. */
  public Map<String, String> properties() {
    return properties;
  }

  /** See {@link Builder#shardingKey}. */
  public Optional<String> shardingKey() {
    return Optional.ofNullable(shardingKey);
  }

  /** See {@link Builder#delayLevel}. */
  public OptionalInt delayLevel() {
    return delayLevel == 0 ? OptionalInt.empty() : OptionalInt.of(delayLevel);
  }

  /** See {@link Builder#deliverAt}. */
  public Optional<Instant> deliverAt() {
    return Optional.ofNullable(deliverAt);
  }

  /** See {@link Builder#flag}. */
  public int flag() {
    return flag;
  }

  /** See {@link Builder#waitForStore}. */
  public boolean waitForStore() {
    return waitForStore;
  }

  /** Whether it has a delay level or a time to be delivered at. */
  public boolean isDelayed() {
    return delayLevel != 0 || deliverAt != null;
  }

  @Override
  public String toString() {
    return "Message[" + topic + ", " + body.length + " bytes, keys " + keys + ']';
  }

  /** Collects a {@link Message}. Not safe for use by several threads. */
  public static final class Builder {
    private final String topic;
    private final byte[] body;
    private @Nullable String tag;
    private Set<String> keys = Set.of();
    private Map<String, String> properties = Map.of();
    private @Nullable String shardingKey;
    private int delayLevel;
    private @Nullable Instant deliverAt;
    private int flag;
    private boolean waitForStore = true;

    private Builder(String topic, byte[] body) {
      this.topic = Checks.topic(topic);
      if (Namespace.isOfBrokers(topic)) {
        throw RocketMQException.invalid("topic", topic, "none of the brokers' own");
      }
      this.body = body;
      Checks.range("body length", body.length, 1, MAX_BODY_BYTES);
    }

    /** What consumers filter by; not empty. None by default. */
    public Builder tag(String value) {
      tag = text("tag", value);
      return this;
    }

    /** Adds a key to find the message by; not empty and without a blank, which separates keys. */
    public Builder key(String value) {
      if (text("key", value).indexOf(' ') >= 0) {
        throw RocketMQException.invalid("key", "'" + value + "'", "no blank");
      }
      if (keys.isEmpty()) {
        keys = new LinkedHashSet<>();
      }
      keys.add(value);
      return this;
    }

    /**
     * Sets a property of the application's own.
     *
     * @param name not empty, and none of those that brokers and clients use among themselves
     * @param value any text but one with U+0001 or U+0002, which separate properties
     */
    public Builder property(String name, String value) {
      if (ReservedProperties.contains(text("property name", name))) {
        throw RocketMQException.invalid(
            "property name", name, "none that brokers and clients use among themselves");
      }
      separators("value of property " + name, value);
      if (properties.isEmpty()) {
        properties = new LinkedHashMap<>();
      }
      properties.put(name, value);
      return this;
    }

    /**
     * Messages of one key go to one queue, and stay in order, by the selector of producers for
     * that.
     */
    public Builder shardingKey(String value) {
      shardingKey = text("shardingKey", value);
      return this;
    }

    /**
     * Delivers the message after one of the broker's delays, 1 to {@value #MAX_DELAY_LEVEL}: 1 s, 5
     * s, 10 s, 30 s, 1 to 10 min, 20 min, 30 min, 1 h, 2 h unless the broker is set otherwise.
     * Excludes {@link #deliverAt}.
     */
    public Builder delayLevel(int value) {
      delayLevel = Checks.range("delayLevel", value, 1, MAX_DELAY_LEVEL);
      return this;
    }

    /**
     * Delivers the message at a time; at once where that is past. Brokers take up to three days
     * from now unless they are set otherwise. For 5.x: a send to a 4.x broker, which would deliver
     * at once, fails as INVALID_ARGUMENT. Excludes {@link #delayLevel}.
     */
    public Builder deliverAt(Instant value) {
      deliverAt = value;
      return this;
    }

    /** A number of the application's own, which brokers keep as it is; 0 by default. */
    public Builder flag(int value) {
      flag = value;
      return this;
    }

    /**
     * Whether the broker answers only when the message is stored as its flush and replication
     * policy says; so by default.
     */
    public Builder waitForStore(boolean value) {
      waitForStore = value;
      return this;
    }

    private static String text(String name, String value) {
      Checks.notEmpty(name, value);
      separators(name, value);
      return value;
    }

    private static void separators(String name, String value) {
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c == 1 || c == 2) {
          throw RocketMQException.invalid(
              name, "U+000" + (int) c + " at " + i, "neither U+0001 nor U+0002");
        }
      }
    }

    /**
     * The message.
     *
     * @throws RocketMQException INVALID_ARGUMENT if both a delay level and a time are set
     */
    public Message build() {
      if (delayLevel != 0 && deliverAt != null) {
        throw RocketMQException.invalid(
            "delay", "level " + delayLevel + " and " + deliverAt, "one of the two");
      }
      return new Message(this);
    }
  }
}
