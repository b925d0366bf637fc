package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.AllocationStrategy;
import dev.sluice.rocketmq.group.ConsumeModel;
import dev.sluice.rocketmq.group.StartFrom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a {@link PushConsumer} behaves. Immutable; made by {@link #builder}, whose methods say what
 * each option means, its bounds and its default.
 */
public final class PushConsumerOptions {
  /** For a limit that there is not. */
  public static final int UNLIMITED = -1;

  private final ClientOptions client;
  private final String group;
  private final Map<String, FilterExpression> subscriptions;
  private final BatchHandler handler;
  private final List<ConsumeInterceptor> interceptors;
  private final boolean ordered;
  private final Path offsetDirectory;
  private final ConsumeModel model;
  private final AllocationStrategy allocation;
  private final StartFrom startFrom;
  private final int maxConcurrency;
  private final int consumeBatchSize;
  private final int pullBatchSize;
  private final Duration pullInterval;
  private final Duration pullWait;
  private final int maxMessagesPerQueue;
  private final int maxMegabytesPerQueue;
  private final int maxMessagesPerTopic;
  private final int maxMegabytesPerTopic;
  private final int maxSpan;
  private final Duration consumeTimeout;
  private final int maxReconsumeTimes;
  private final Duration orderedPause;
  private final Duration persistInterval;
  private final Duration rebalanceInterval;
  private final Duration lockInterval;

  PushConsumerOptions(PushConsumerOptionsBuilder from) {
    this.client = from.client;
    this.group = from.group;
    this.subscriptions = Collections.unmodifiableMap(new LinkedHashMap<>(from.subscriptions));
    if (subscriptions.isEmpty()) {
      throw RocketMQException.invalid("subscriptions", "none", "one topic at least");
    }
    BatchHandler given = from.handler;
    if (given == null) {
      throw RocketMQException.invalid("handler", "none", "one that consumes the messages");
    }
    this.handler = given;
    this.interceptors = List.copyOf(from.interceptors);
    this.ordered = from.ordered;
    this.offsetDirectory = from.offsetDirectory;
    this.model = from.model;
    this.allocation = from.allocation;
    this.startFrom = from.startFrom;
    this.maxConcurrency = Checks.range("maxConcurrency", from.maxConcurrency, 1, 10000);
    this.consumeBatchSize =
        from.oneByOne ? 1 : Checks.range("consumeBatchSize", from.consumeBatchSize, 1, 1024);
    this.pullBatchSize = Checks.range("pullBatchSize", from.pullBatchSize, 1, 1024);
    this.pullInterval =
        Checks.range("pullInterval", from.pullInterval, Duration.ZERO, Duration.ofMillis(65_535));
    this.pullWait =
        Checks.range("pullWait", from.pullWait, Duration.ofSeconds(1), Duration.ofMinutes(1));
    this.maxMessagesPerQueue =
        Checks.range("maxMessagesPerQueue", from.maxMessagesPerQueue, 1, 65535);
    this.maxMegabytesPerQueue =
        Checks.range("maxMegabytesPerQueue", from.maxMegabytesPerQueue, 1, 1024);
    this.maxMessagesPerTopic = limit("maxMessagesPerTopic", from.maxMessagesPerTopic, 6553500);
    this.maxMegabytesPerTopic = limit("maxMegabytesPerTopic", from.maxMegabytesPerTopic, 102400);
    this.maxSpan = Checks.range("maxSpan", from.maxSpan, 1, 65535);
    this.consumeTimeout =
        Checks.range(
            "consumeTimeout", from.consumeTimeout, Duration.ofSeconds(1), Duration.ofHours(3));
    this.maxReconsumeTimes = Checks.range("maxReconsumeTimes", from.maxReconsumeTimes, -1, 1000);
    this.orderedPause =
        Checks.range(
            "orderedPause", from.orderedPause, Duration.ofMillis(10), Duration.ofSeconds(30));
    this.persistInterval =
        Checks.range(
            "persistInterval", from.persistInterval, Duration.ofMillis(100), Duration.ofHours(1));
    this.rebalanceInterval =
        Checks.range(
            "rebalanceInterval",
            from.rebalanceInterval,
            Duration.ofSeconds(1),
            Duration.ofMinutes(1));
    this.lockInterval =
        Checks.range(
            "lockInterval", from.lockInterval, Duration.ofSeconds(1), Duration.ofSeconds(20));
    if (ordered && model == ConsumeModel.BROADCASTING) {
      throw RocketMQException.invalid(
          "model", model, "CLUSTERING, as the order of a queue is that of one member");
    }
  }

  private static int limit(String name, int value, int most) {
    if (value == 0) {
      throw RocketMQException.invalid(name, value, "1 to " + most + ", or -1 for no limit");
    }
    return Checks.range(name, value, UNLIMITED, most);
  }

  /**
   * Options for a member of a group.
   *
   * @throws RocketMQException INVALID_ARGUMENT for a group name that brokers do not allow
   */
  public static PushConsumerOptionsBuilder builder(ClientOptions client, String group) {
    return new PushConsumerOptionsBuilder(client, group);
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

  BatchHandler handler() {
    return handler;
  }

  /** See {@link PushConsumerOptionsBuilder#interceptor}. */
  public List<ConsumeInterceptor> interceptors() {
    return interceptors;
  }

  /** Whether the messages of a queue are handed out one after the other. */
  public boolean ordered() {
    return ordered;
  }

  /** See {@link PushConsumerOptionsBuilder#offsetDirectory}. */
  public Path offsetDirectory() {
    return offsetDirectory;
  }

  /** See {@link PushConsumerOptionsBuilder#model}. */
  public ConsumeModel model() {
    return model;
  }

  /** See {@link PushConsumerOptionsBuilder#allocation}. */
  public AllocationStrategy allocation() {
    return allocation;
  }

  /** See {@link PushConsumerOptionsBuilder#startFrom}. */
  public StartFrom startFrom() {
    return startFrom;
  }

  /** See {@link PushConsumerOptionsBuilder#maxConcurrency}. */
  public int maxConcurrency() {
    return maxConcurrency;
  }

  /** See {@link PushConsumerOptionsBuilder#consumeBatchSize}. */
  public int consumeBatchSize() {
    return consumeBatchSize;
  }

  /** See {@link PushConsumerOptionsBuilder#pullBatchSize}. */
  public int pullBatchSize() {
    return pullBatchSize;
  }

  /** See {@link PushConsumerOptionsBuilder#pullInterval}. */
  public Duration pullInterval() {
    return pullInterval;
  }

  /** See {@link PushConsumerOptionsBuilder#pullWait}. */
  public Duration pullWait() {
    return pullWait;
  }

  /** See {@link PushConsumerOptionsBuilder#maxMessagesPerQueue}. */
  public int maxMessagesPerQueue() {
    return maxMessagesPerQueue;
  }

  /** See {@link PushConsumerOptionsBuilder#maxMegabytesPerQueue}. */
  public int maxMegabytesPerQueue() {
    return maxMegabytesPerQueue;
  }

  /** See {@link PushConsumerOptionsBuilder#maxMessagesPerTopic}. */
  public int maxMessagesPerTopic() {
    return maxMessagesPerTopic;
  }

  /** See {@link PushConsumerOptionsBuilder#maxMegabytesPerTopic}. */
  public int maxMegabytesPerTopic() {
    return maxMegabytesPerTopic;
  }

  /** See {@link PushConsumerOptionsBuilder#maxSpan}. */
  public int maxSpan() {
    return maxSpan;
  }

  /** See {@link PushConsumerOptionsBuilder#consumeTimeout}. */
  public Duration consumeTimeout() {
    return consumeTimeout;
  }

  /** See {@link PushConsumerOptionsBuilder#maxReconsumeTimes}. */
  public int maxReconsumeTimes() {
    return maxReconsumeTimes;
  }

  /** See {@link PushConsumerOptionsBuilder#orderedPause}. */
  public Duration orderedPause() {
    return orderedPause;
  }

  /** See {@link PushConsumerOptionsBuilder#persistInterval}. */
  public Duration persistInterval() {
    return persistInterval;
  }

  /** See {@link PushConsumerOptionsBuilder#rebalanceInterval}. */
  public Duration rebalanceInterval() {
    return rebalanceInterval;
  }

  /** See {@link PushConsumerOptionsBuilder#lockInterval}. */
  public Duration lockInterval() {
    return lockInterval;
  }

  @Override
  public String toString() {
    return "PushConsumerOptions[" + group + " of " + subscriptions.keySet() + ", " + client + ']';
  }
}
