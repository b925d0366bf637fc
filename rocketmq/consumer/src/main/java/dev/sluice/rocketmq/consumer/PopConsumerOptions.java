package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.StartFrom;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a {@link PopConsumer} behaves. Immutable; made by {@link #builder}, whose methods say what
 * each option means, its bounds and its default.
 */
public final class PopConsumerOptions {
  static final Duration SHORTEST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofHours(12);

  private final ClientOptions client;
  private final String group;
  private final Map<String, FilterExpression> subscriptions;
  private final StartFrom startFrom;
  private final Duration invisible;
  private final boolean ordered;

  private PopConsumerOptions(Builder from) {
    this.client = from.client;
    this.group = from.group;
    this.subscriptions = Collections.unmodifiableMap(new LinkedHashMap<>(from.subscriptions));
    if (subscriptions.isEmpty()) {
      throw RocketMQException.invalid("subscriptions", "none", "one topic at least");
    }
    this.startFrom = from.startFrom;
    this.invisible = Checks.range("invisible", from.invisible, SHORTEST, LONGEST);
    this.ordered = from.ordered;
  }

  /**
   * Options for a member of a group.
   *
   * @throws RocketMQException INVALID_ARGUMENT for a group name that brokers do not allow
   */
  public static Builder builder(ClientOptions client, String group) {
    return new Builder(client, group);
  }

  /** How the client finds and talks to the cluster. */
  public ClientOptions client() {
    return client;
  }

  /** The group, without the namespace. */
  public String group() {
    return group;
  }

  /** What is wanted of each topic, without the namespace. */
  public Map<String, FilterExpression> subscriptions() {
    return subscriptions;
  }

  /** See {@link Builder#startFrom}. */
  public StartFrom startFrom() {
    return startFrom;
  }

  /** See {@link Builder#invisible}. */
  public Duration invisible() {
    return invisible;
  }

  /** See {@link Builder#ordered}. */
  public boolean ordered() {
    return ordered;
  }

  @Override
  public String toString() {
    return "PopConsumerOptions[" + group + " of " + subscriptions.keySet() + ", " + client + ']';
  }

  /** Collects {@link PopConsumerOptions}. Not safe for use by several threads. */
  public static final class Builder {
    private final ClientOptions client;
    private final String group;
    private final Map<String, FilterExpression> subscriptions = new LinkedHashMap<>();
    private StartFrom startFrom = StartFrom.last();
    private Duration invisible = Duration.ofSeconds(60);
    private boolean ordered;

    private Builder(ClientOptions client, String group) {
      this.client = client;
      this.group = Checks.group(group);
    }

    /** Takes messages of a topic; replaces what was wanted of it before. */
    public Builder subscribe(String topic, FilterExpression wanted) {
      subscriptions.put(Checks.topic(topic), wanted);
      return this;
    }

    /** Takes all messages of a topic. */
    public Builder subscribe(String topic) {
      return subscribe(topic, FilterExpression.all());
    }

    /**
     * Where a group without any offset of a topic begins: with what comes after its first member
     * has asked for messages, by default. In queues that are added later it begins with their first
     * message.
     */
    public Builder startFrom(StartFrom value) {
      startFrom = value;
      return this;
    }

    /** For how long messages are hidden where a call does not say: 1 s to 12 h; 60 s by default. */
    public Builder invisible(Duration value) {
      invisible = value;
      return this;
    }

    /**
     * Whether the messages of a queue come in its order, the same for all of a group; not by
     * default. Then nothing more of a queue is given to anybody while anything of it is held: until
     * all that a receive gave of it is acknowledged, or the time of the first that is not is over.
     * That one comes again first, and what is behind it after it, also what was acknowledged.
     */
    public Builder ordered(boolean value) {
      ordered = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws RocketMQException INVALID_ARGUMENT naming the value that is out of bounds
     */
    public PopConsumerOptions build() {
      return new PopConsumerOptions(this);
    }
  }
}
