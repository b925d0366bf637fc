package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.AllocationStrategy;
import dev.sluice.rocketmq.group.ConsumeModel;
import dev.sluice.rocketmq.group.LocalOffsets;
import dev.sluice.rocketmq.group.StartFrom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects {@link PushConsumerOptions}. Not safe for use by several threads. */
public final class PushConsumerOptionsBuilder {
  final ClientOptions client;
  final String group;
  final Map<String, FilterExpression> subscriptions = new LinkedHashMap<>();
  final List<ConsumeInterceptor> interceptors = new ArrayList<>();
  @Nullable BatchHandler handler;
  boolean ordered;
  boolean oneByOne;
  Path offsetDirectory = LocalOffsets.defaultDirectory();
  ConsumeModel model = ConsumeModel.CLUSTERING;
  AllocationStrategy allocation = AllocationStrategy.averagely();
  StartFrom startFrom = StartFrom.last();
  int maxConcurrency = 20;
  int consumeBatchSize = 1;
  int pullBatchSize = 32;
  Duration pullInterval = Duration.ZERO;
  Duration pullWait = Duration.ofSeconds(15);
  int maxMessagesPerQueue = 1000;
  int maxMegabytesPerQueue = 100;
  int maxMessagesPerTopic = PushConsumerOptions.UNLIMITED;
  int maxMegabytesPerTopic = PushConsumerOptions.UNLIMITED;
  int maxSpan = 2000;
  Duration consumeTimeout = Duration.ofMinutes(15);
  int maxReconsumeTimes = -1;
  Duration orderedPause = Duration.ofSeconds(1);
  Duration persistInterval = Duration.ofSeconds(5);
  Duration rebalanceInterval = Duration.ofSeconds(20);
  Duration lockInterval = Duration.ofSeconds(20);

  PushConsumerOptionsBuilder(ClientOptions client, String group) {
    this.client = client;
    this.group = Checks.group(group);
  }

  /**
   * Consumes a topic; replaces what was wanted of it before. A topic that does not exist yet is
   * consumed once it does.
   */
  public PushConsumerOptionsBuilder subscribe(String topic, FilterExpression wanted) {
    subscriptions.put(Checks.topic(topic), wanted);
    return this;
  }

  /** Consumes all messages of a topic. */
  public PushConsumerOptionsBuilder subscribe(String topic) {
    return subscribe(topic, FilterExpression.all());
  }

  /** Hands out messages one by one, those of one queue also side by side. */
  public PushConsumerOptionsBuilder handler(MessageHandler value) {
    batchHandler(messages -> value.handle(messages.getFirst()));
    oneByOne = true;
    return this;
  }

  /** Hands out several messages of one queue at a time, see {@link #consumeBatchSize}. */
  public PushConsumerOptionsBuilder batchHandler(BatchHandler value) {
    handler = value;
    ordered = false;
    oneByOne = false;
    return this;
  }

  /**
   * Hands out the messages of a queue one after the other, each once the one before it is consumed
   * or dead. While the member has a queue nobody else in the group has it.
   */
  public PushConsumerOptionsBuilder orderedHandler(MessageHandler value) {
    handler(value);
    ordered = true;
    return this;
  }

  /** The same, several messages at a time, see {@link #consumeBatchSize}. */
  public PushConsumerOptionsBuilder orderedBatchHandler(BatchHandler value) {
    batchHandler(value);
    ordered = true;
    return this;
  }

  /** Adds an interceptor of the handler's calls, inside of those set before. */
  public PushConsumerOptionsBuilder interceptor(ConsumeInterceptor value) {
    interceptors.add(value);
    return this;
  }

  /**
   * Where a broadcasting consumer keeps how far it is, in {@code ip@instance/group}, which one
   * consumer at a time may have open; {@code .sluice/offsets} in the user's home by default.
   */
  public PushConsumerOptionsBuilder offsetDirectory(Path value) {
    offsetDirectory = value;
    return this;
  }

  /** Who of the group's members gets a message; by default one of them. */
  public PushConsumerOptionsBuilder model(ConsumeModel value) {
    model = value;
    return this;
  }

  /** How members share queues, the same for all of a group; averagely by default. */
  public PushConsumerOptionsBuilder allocation(AllocationStrategy value) {
    allocation = value;
    return this;
  }

  /**
   * Where the group begins in queues of which it has consumed nothing; with what comes from now on
   * by default.
   */
  public PushConsumerOptionsBuilder startFrom(StartFrom value) {
    startFrom = value;
    return this;
  }

  /** How many handlers run at a time, over all queues: 1 to 10000; 20 by default. */
  public PushConsumerOptionsBuilder maxConcurrency(int value) {
    maxConcurrency = value;
    return this;
  }

  /** How many messages a {@link BatchHandler} gets at most: 1 to 1024; 1 by default. */
  public PushConsumerOptionsBuilder consumeBatchSize(int value) {
    consumeBatchSize = value;
    return this;
  }

  /** How many messages a pull brings at most: 1 to 1024; 32 by default. */
  public PushConsumerOptionsBuilder pullBatchSize(int value) {
    pullBatchSize = value;
    return this;
  }

  /** The pause between pulls of a queue that bring messages: up to 65535 ms; none by default. */
  public PushConsumerOptionsBuilder pullInterval(Duration value) {
    pullInterval = value;
    return this;
  }

  /** How long a broker keeps a pull of a queue without new messages: 1 to 60 s; 15 s by default. */
  public PushConsumerOptionsBuilder pullWait(Duration value) {
    pullWait = value;
    return this;
  }

  /**
   * How many messages of a queue may be held that are not consumed, beyond which no more are
   * pulled: 1 to 65535; 1000 by default. A pull may bring it above that by one batch.
   */
  public PushConsumerOptionsBuilder maxMessagesPerQueue(int value) {
    maxMessagesPerQueue = value;
    return this;
  }

  /** The same in mebibytes of their bodies: 1 to 1024; 100 by default. */
  public PushConsumerOptionsBuilder maxMegabytesPerQueue(int value) {
    maxMegabytesPerQueue = value;
    return this;
  }

  /**
   * The same for all queues of a topic, which share it equally: 1 to 6553500, or {@link
   * PushConsumerOptions#UNLIMITED}, the default.
   */
  public PushConsumerOptionsBuilder maxMessagesPerTopic(int value) {
    maxMessagesPerTopic = value;
    return this;
  }

  /** The same in mebibytes: 1 to 102400, or {@link PushConsumerOptions#UNLIMITED}, the default. */
  public PushConsumerOptionsBuilder maxMegabytesPerTopic(int value) {
    maxMegabytesPerTopic = value;
    return this;
  }

  /**
   * How far the offsets of the first and last message that are held may lie apart, so that one that
   * takes long does not have too many come again: 1 to 65535; 2000 by default. Not for ordered
   * consumers.
   */
  public PushConsumerOptionsBuilder maxSpan(int value) {
    maxSpan = value;
    return this;
  }

  /**
   * After how long a handler is given up: it is interrupted, and its messages come again. 1 s to 3
   * h; 15 min by default. Not for ordered consumers.
   */
  public PushConsumerOptionsBuilder consumeTimeout(Duration value) {
    consumeTimeout = value;
    return this;
  }

  /**
   * How often a message comes again before it goes to the dead letter topic: 0 to 1000, or -1, the
   * default, for 16, and for no end where the consumer is ordered.
   */
  public PushConsumerOptionsBuilder maxReconsumeTimes(int value) {
    maxReconsumeTimes = value;
    return this;
  }

  /**
   * How long an ordered consumer waits before it tries a message again: 10 ms to 30 s; 1 s by
   * default.
   */
  public PushConsumerOptionsBuilder orderedPause(Duration value) {
    orderedPause = value;
    return this;
  }

  /** How often offsets are stored: 100 ms to 1 h; 5 s by default. */
  public PushConsumerOptionsBuilder persistInterval(Duration value) {
    persistInterval = value;
    return this;
  }

  /**
   * How often shares of queues are worked out again when brokers tell of no change: 1 to 60 s; 20 s
   * by default.
   */
  public PushConsumerOptionsBuilder rebalanceInterval(Duration value) {
    rebalanceInterval = value;
    return this;
  }

  /**
   * How often an ordered consumer renews its locks of queues, which brokers keep for a minute and
   * it takes for good for 30 s: 1 to 20 s; 20 s by default.
   */
  public PushConsumerOptionsBuilder lockInterval(Duration value) {
    lockInterval = value;
    return this;
  }

  /**
   * The options.
   *
   * @throws RocketMQException INVALID_ARGUMENT naming the value that is out of bounds
   */
  public PushConsumerOptions build() {
    return new PushConsumerOptions(this);
  }
}
