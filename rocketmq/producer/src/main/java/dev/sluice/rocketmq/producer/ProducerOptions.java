package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.requests.TopicTemplate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a {@link Producer} behaves. Immutable. */
public final class ProducerOptions {
  private static final int MAX_QUEUES = 65_536;

  private final ClientOptions client;
  private final String group;
  private final Duration sendTimeout;
  private final Duration attemptTimeout;
  private final QueueSelector selector;
  private final Compression compression;
  private final int compressFrom;
  private final int compressionLevel;
  private final boolean retryUnknownOutcome;
  private final boolean retryNotOk;
  private final boolean avoidSlowBrokers;
  private final int maxInFlight;
  private final TopicTemplate template;
  private final @Nullable Coalescing coalescing;
  private final List<SendInterceptor> interceptors;
  private final @Nullable TransactionChecker checker;

  private ProducerOptions(Builder from) {
    this.client = from.client;
    this.group = from.group;
    this.sendTimeout =
        Checks.range("sendTimeout", from.sendTimeout, Duration.ofMillis(1), Duration.ofHours(1));
    this.attemptTimeout =
        from.attemptTimeout == null
            ? sendTimeout
            : Checks.range(
                "attemptTimeout", from.attemptTimeout, Duration.ofMillis(1), sendTimeout);
    this.selector = from.selector;
    this.compression = from.compression;
    this.compressFrom = Checks.range("compressFrom", from.compressFrom, 1, Integer.MAX_VALUE);
    this.compressionLevel = Checks.range("compressionLevel", from.compressionLevel, 1, 9);
    this.retryUnknownOutcome = from.retryUnknownOutcome;
    this.retryNotOk = from.retryNotOk;
    this.avoidSlowBrokers = from.avoidSlowBrokers;
    this.maxInFlight = Checks.range("maxInFlight", from.maxInFlight, 1, 1_000_000);
    this.template =
        new TopicTemplate(
            Checks.resource("createTopicKey", from.createTopicKey, Checks.MAX_TOPIC),
            Checks.range("createTopicQueues", from.createTopicQueues, 1, MAX_QUEUES));
    this.coalescing = from.coalescing;
    this.interceptors = List.copyOf(from.interceptors);
    this.checker = from.checker;
  }

  /**
   * Options for a producer of this group.
   *
   * @param group 1 to 255 letters, digits and {@code % | - _}; what producers that stand for each
   *     other have in common, above all in transactions
   * @throws RocketMQException INVALID_ARGUMENT for others
   */
  public static Builder builder(ClientOptions client, String group) {
    return new Builder(client, Checks.group(group));
  }

  /** What it has in common with other clients. */
  public ClientOptions client() {
    return client;
  }

  /** The producer group, without the namespace. */
  public String group() {
    return group;
  }

  /** See {@link Builder#sendTimeout}. */
  public Duration sendTimeout() {
    return sendTimeout;
  }

  /** See {@link Builder#attemptTimeout}. */
  public Duration attemptTimeout() {
    return attemptTimeout;
  }

  /** See {@link Builder#selector}. */
  public QueueSelector selector() {
    return selector;
  }

  /** See {@link Builder#compression}. */
  public Compression compression() {
    return compression;
  }

  /** See {@link Builder#compressFrom}. */
  public int compressFrom() {
    return compressFrom;
  }

  /** See {@link Builder#compressionLevel}. */
  public int compressionLevel() {
    return compressionLevel;
  }

  /** See {@link Builder#retryUnknownOutcome}. */
  public boolean retryUnknownOutcome() {
    return retryUnknownOutcome;
  }

  /** See {@link Builder#retryNotOk}. */
  public boolean retryNotOk() {
    return retryNotOk;
  }

  /** See {@link Builder#avoidSlowBrokers}. */
  public boolean avoidSlowBrokers() {
    return avoidSlowBrokers;
  }

  /** See {@link Builder#maxInFlight}. */
  public int maxInFlight() {
    return maxInFlight;
  }

  /** See {@link Builder#createTopicKey}. */
  public String createTopicKey() {
    return template.topic();
  }

  /** See {@link Builder#createTopicQueues}. */
  public int createTopicQueues() {
    return template.queues();
  }

  TopicTemplate template() {
    return template;
  }

  /** See {@link Builder#coalescing}; empty where single sends leave alone. */
  public Optional<Coalescing> coalescing() {
    return Optional.ofNullable(coalescing);
  }

  /** See {@link Builder#interceptor}. */
  public List<SendInterceptor> interceptors() {
    return interceptors;
  }

  @Nullable TransactionChecker checker() {
    return checker;
  }

  @Override
  public String toString() {
    return "ProducerOptions[" + group + " of " + client + ']';
  }

  /** Collects {@link ProducerOptions}. Not safe for use by several threads. */
  public static final class Builder {
    private final ClientOptions client;
    private final String group;
    private Duration sendTimeout = Duration.ofSeconds(3);
    private @Nullable Duration attemptTimeout;
    private QueueSelector selector = QueueSelector.roundRobin();
    private Compression compression = Compression.ZLIB;
    private int compressFrom = 4 << 10;
    private int compressionLevel = 5;
    private boolean retryUnknownOutcome = true;
    private boolean retryNotOk;
    private boolean avoidSlowBrokers;
    private int maxInFlight = 20_000;
    private String createTopicKey = TopicTemplate.DEFAULT.topic();
    private int createTopicQueues = TopicTemplate.DEFAULT.queues();
    private @Nullable Coalescing coalescing;
    private final List<SendInterceptor> interceptors = new ArrayList<>();
    private @Nullable TransactionChecker checker;

    private Builder(ClientOptions client, String group) {
      this.client = client;
      this.group = group;
    }

    /** For a send in all, with every retry: 1 ms to 1 h; 3 s by default. */
    public Builder sendTimeout(Duration value) {
      sendTimeout = value;
      return this;
    }

    /**
     * For one attempt of a send, so that a broker that hangs leaves time for another: 1 ms to the
     * send timeout, which is the default.
     */
    public Builder attemptTimeout(Duration value) {
      attemptTimeout = value;
      return this;
    }

    /** Chooses queues for sends that bring no selector; {@link QueueSelector#roundRobin}. */
    public Builder selector(QueueSelector value) {
      selector = value;
      return this;
    }

    /** How large bodies are compressed; zlib by default. Batches are not compressed. */
    public Builder compression(Compression value) {
      compression = value;
      return this;
    }

    /**
     * Bodies of so many bytes and more are compressed: 1 byte or more; 4,096 by default. {@link
     * Integer#MAX_VALUE} compresses none.
     */
    public Builder compressFrom(int bytes) {
      compressFrom = bytes;
      return this;
    }

    /** 1, fast, to 9, small; 5 by default. LZ4 has no levels. */
    public Builder compressionLevel(int value) {
      compressionLevel = value;
      return this;
    }

    /**
     * Whether a send is tried again whose outcome is unknown: its answer was lost with a connection
     * or is late. So by default, as in the official client: such a message may be stored twice, and
     * consumers have to cope. Without it the send fails as UNKNOWN_OUTCOME.
     */
    public Builder retryUnknownOutcome(boolean value) {
      retryUnknownOutcome = value;
      return this;
    }

    /**
     * Whether a message that is stored, but not with status {@link SendStatus#OK}, is sent to
     * another broker as well. Off by default; it makes duplicates.
     */
    public Builder retryNotOk(boolean value) {
      retryNotOk = value;
      return this;
    }

    /**
     * Whether brokers that answered late, or failed, are left out for a while: 2 s after an answer
     * that took 550 ms, up to 30 s after one that took 15 s, and 10 s after a failure, as long as
     * there are others. Off by default.
     */
    public Builder avoidSlowBrokers(boolean value) {
      avoidSlowBrokers = value;
      return this;
    }

    /**
     * How many sends may be under way; beyond it they fail as OVERLOADED. 1 to 1,000,000; 20,000 by
     * default.
     */
    public Builder maxInFlight(int value) {
      maxInFlight = value;
      return this;
    }

    /**
     * The topic whose settings a topic gets that a send creates: {@code TBW102} by default, which
     * brokers have while they are set to create topics. Another one must exist with the right to be
     * inherited from (permission 7), and brokers then create topics after it also where they are
     * set not to. As brokers know it: no namespace is put before it.
     */
    public Builder createTopicKey(String value) {
      createTopicKey = value;
      return this;
    }

    /**
     * How many queues a topic that a send creates gets on each broker: 1 to 65,536, but no more
     * than the topic has that it is made after; 4 by default.
     */
    public Builder createTopicQueues(int value) {
      createTopicQueues = value;
      return this;
    }

    /**
     * Has single sends, waited for or not, share requests while others of their topic are under
     * way: many more messages a second for much less work here and at the brokers. Off by default,
     * as messages that share a request are in one queue, and are retried, and of unknown outcome,
     * together; see {@link Coalescing}.
     */
    public Builder coalescing(Coalescing value) {
      coalescing = value;
      return this;
    }

    /** Adds an interceptor, inside of those set before. */
    public Builder interceptor(SendInterceptor value) {
      interceptors.add(value);
      return this;
    }

    /** Tells brokers how transactions ended; needed to begin one. */
    public Builder checker(TransactionChecker value) {
      checker = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws RocketMQException INVALID_ARGUMENT naming the value that is out of bounds
     */
    public ProducerOptions build() {
      return new ProducerOptions(this);
    }
  }
}
