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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How a {@link PullConsumer} behaves. Immutable; made by {@link #builder}, whose methods say what
 * each option means, its bounds and its default.
 */
public final class PullConsumerOptions {
  private final ClientOptions client;
  private final String group;
  private final Map<String, FilterExpression> subscriptions;
  private final ConsumeModel model;
  private final Path offsetDirectory;
  private final AllocationStrategy allocation;
  private final Consumer<AssignmentChange> assignmentListener;
  private final StartFrom startFrom;
  private final boolean autoCommit;
  private final Duration commitInterval;
  private final int maxPollMessages;
  private final int pullBatchSize;
  private final Duration pullInterval;
  private final Duration pullWait;
  private final int maxMessagesPerQueue;
  private final int maxMegabytesPerQueue;
  private final int maxMessages;
  private final Duration rebalanceInterval;

  private PullConsumerOptions(Builder from) {
    this.client = from.client;
    this.group = from.group;
    this.subscriptions = Collections.unmodifiableMap(new LinkedHashMap<>(from.subscriptions));
    this.model = from.model;
    this.offsetDirectory = from.offsetDirectory;
    this.allocation = from.allocation;
    this.assignmentListener = from.assignmentListener;
    this.startFrom = from.startFrom;
    this.autoCommit = from.autoCommit;
    this.commitInterval =
        Checks.range(
            "commitInterval", from.commitInterval, Duration.ofMillis(100), Duration.ofHours(1));
    this.maxPollMessages = Checks.range("maxPollMessages", from.maxPollMessages, 1, 65535);
    this.pullBatchSize = Checks.range("pullBatchSize", from.pullBatchSize, 1, 1024);
    this.pullInterval =
        Checks.range("pullInterval", from.pullInterval, Duration.ZERO, Duration.ofMillis(65_535));
    this.pullWait =
        Checks.range("pullWait", from.pullWait, Duration.ofSeconds(1), Duration.ofMinutes(1));
    this.maxMessagesPerQueue =
        Checks.range("maxMessagesPerQueue", from.maxMessagesPerQueue, 1, 65535);
    this.maxMegabytesPerQueue =
        Checks.range("maxMegabytesPerQueue", from.maxMegabytesPerQueue, 1, 1024);
    this.maxMessages = Checks.range("maxMessages", from.maxMessages, 1, 6553500);
    this.rebalanceInterval =
        Checks.range(
            "rebalanceInterval",
            from.rebalanceInterval,
            Duration.ofSeconds(1),
            Duration.ofMinutes(1));
  }

  /**
   * Options for a consumer of a group.
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

  /** What is wanted of each topic, without the namespace; none where queues are assigned. */
  public Map<String, FilterExpression> subscriptions() {
    return subscriptions;
  }

  /** See {@link Builder#model}. */
  public ConsumeModel model() {
    return model;
  }

  /** See {@link Builder#offsetDirectory}. */
  public Path offsetDirectory() {
    return offsetDirectory;
  }

  /** See {@link Builder#allocation}. */
  public AllocationStrategy allocation() {
    return allocation;
  }

  Consumer<AssignmentChange> assignmentListener() {
    return assignmentListener;
  }

  /** See {@link Builder#startFrom}. */
  public StartFrom startFrom() {
    return startFrom;
  }

  /** See {@link Builder#autoCommit}. */
  public boolean autoCommit() {
    return autoCommit;
  }

  /** See {@link Builder#commitInterval}. */
  public Duration commitInterval() {
    return commitInterval;
  }

  /** See {@link Builder#maxPollMessages}. */
  public int maxPollMessages() {
    return maxPollMessages;
  }

  /** See {@link Builder#pullBatchSize}. */
  public int pullBatchSize() {
    return pullBatchSize;
  }

  /** See {@link Builder#pullInterval}. */
  public Duration pullInterval() {
    return pullInterval;
  }

  /** See {@link Builder#pullWait}. */
  public Duration pullWait() {
    return pullWait;
  }

  /** See {@link Builder#maxMessagesPerQueue}. */
  public int maxMessagesPerQueue() {
    return maxMessagesPerQueue;
  }

  /** See {@link Builder#maxMegabytesPerQueue}. */
  public int maxMegabytesPerQueue() {
    return maxMegabytesPerQueue;
  }

  /** See {@link Builder#maxMessages}. */
  public int maxMessages() {
    return maxMessages;
  }

  /** See {@link Builder#rebalanceInterval}. */
  public Duration rebalanceInterval() {
    return rebalanceInterval;
  }

  @Override
  public String toString() {
    return "PullConsumerOptions[" + group + " of " + subscriptions.keySet() + ", " + client + ']';
  }

  /** Collects {@link PullConsumerOptions}. Not safe for use by several threads. */
  public static final class Builder {
    private final ClientOptions client;
    private final String group;
    private final Map<String, FilterExpression> subscriptions = new LinkedHashMap<>();
    private ConsumeModel model = ConsumeModel.CLUSTERING;
    private Path offsetDirectory = LocalOffsets.defaultDirectory();
    private AllocationStrategy allocation = AllocationStrategy.averagely();
    private Consumer<AssignmentChange> assignmentListener = change -> {};
    private StartFrom startFrom = StartFrom.last();
    private boolean autoCommit = true;
    private Duration commitInterval = Duration.ofSeconds(5);
    private int maxPollMessages = 10;
    private int pullBatchSize = 10;
    private Duration pullInterval = Duration.ZERO;
    private Duration pullWait = Duration.ofSeconds(20);
    private int maxMessagesPerQueue = 1000;
    private int maxMegabytesPerQueue = 100;
    private int maxMessages = 10_000;
    private Duration rebalanceInterval = Duration.ofSeconds(20);

    private Builder(ClientOptions client, String group) {
      this.client = client;
      this.group = Checks.group(group);
    }

    /**
     * Shares a topic's queues with the other members of the group; replaces what was wanted of it
     * before. A topic that does not exist yet is consumed once it does. Without any, queues are
     * assigned.
     */
    public Builder subscribe(String topic, FilterExpression wanted) {
      subscriptions.put(Checks.topic(topic), wanted);
      return this;
    }

    /** The same for all messages of a topic. */
    public Builder subscribe(String topic) {
      return subscribe(topic, FilterExpression.all());
    }

    /**
     * Who of the group's members gets a message; by default one of them. Where each does, a member
     * reads all queues of its topics, and commits go to its file.
     */
    public Builder model(ConsumeModel value) {
      model = value;
      return this;
    }

    /**
     * Where a broadcasting consumer keeps how far it is, in {@code ip@instance/group}, which one
     * consumer at a time may have open; {@code .sluice/offsets} in the user's home by default.
     */
    public Builder offsetDirectory(Path value) {
      offsetDirectory = value;
      return this;
    }

    /** How members share queues, the same for all of a group; averagely by default. */
    public Builder allocation(AllocationStrategy value) {
      allocation = value;
      return this;
    }

    /**
     * Told when the queues of a topic were shared anew, once that is done, on a virtual thread that
     * shares no queues meanwhile: it returns soon.
     */
    public Builder assignmentListener(Consumer<AssignmentChange> value) {
      assignmentListener = value;
      return this;
    }

    /**
     * Where to begin in queues of which the group has consumed nothing; with what comes from now on
     * by default.
     */
    public Builder startFrom(StartFrom value) {
      startFrom = value;
      return this;
    }

    /**
     * Whether each poll commits what the polls before it gave, the default; otherwise {@link
     * PullConsumer#commit()} does alone.
     */
    public Builder autoCommit(boolean value) {
      autoCommit = value;
      return this;
    }

    /** How often such commits are stored: 100 ms to 1 h; 5 s by default. */
    public Builder commitInterval(Duration value) {
      commitInterval = value;
      return this;
    }

    /** How many messages a poll gives at most: 1 to 65535; 10 by default. */
    public Builder maxPollMessages(int value) {
      maxPollMessages = value;
      return this;
    }

    /** How many messages are read of a queue at a time: 1 to 1024; 10 by default. */
    public Builder pullBatchSize(int value) {
      pullBatchSize = value;
      return this;
    }

    /** The pause between reads of a queue that bring messages: up to 65535 ms; none by default. */
    public Builder pullInterval(Duration value) {
      pullInterval = value;
      return this;
    }

    /**
     * How long a broker keeps a read of a queue without new messages: 1 to 60 s; 20 s by default.
     */
    public Builder pullWait(Duration value) {
      pullWait = value;
      return this;
    }

    /**
     * How many messages of a queue are read ahead, beyond which it is not read: 1 to 65535; 1000 by
     * default. A read may bring it above that by one batch.
     */
    public Builder maxMessagesPerQueue(int value) {
      maxMessagesPerQueue = value;
      return this;
    }

    /** The same in mebibytes of their bodies: 1 to 1024; 100 by default. */
    public Builder maxMegabytesPerQueue(int value) {
      maxMegabytesPerQueue = value;
      return this;
    }

    /** The same for all queues, which share it equally: 1 to 6553500; 10000 by default. */
    public Builder maxMessages(int value) {
      maxMessages = value;
      return this;
    }

    /**
     * How often shares of queues are worked out again when brokers tell of no change: 1 to 60 s; 20
     * s by default.
     */
    public Builder rebalanceInterval(Duration value) {
      rebalanceInterval = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws RocketMQException INVALID_ARGUMENT naming the value that is out of bounds
     */
    public PullConsumerOptions build() {
      return new PullConsumerOptions(this);
    }
  }
}
