package dev.sluice.gateway.upstreams;

import java.time.Duration;

/**
 * What can be set about how messages pass; validated when made.
 *
 * @param send about the send path
 * @param receive about the receive path
 * @param upstream about shared upstreams
 * @param groups about consumer groups
 * @param sweepInterval how often it is looked for what outlived its connection, 10 ms to 1 h
 *     (SWEEP_INTERVAL)
 */
public record GatewaySettings(
    SendSettings send,
    ReceiveSettings receive,
    UpstreamSettings upstream,
    GroupSettings groups,
    Duration sweepInterval) {

  /** What holds where nothing is set. */
  public static final GatewaySettings DEFAULTS =
      new GatewaySettings(
          SendSettings.DEFAULTS,
          ReceiveSettings.DEFAULTS,
          UpstreamSettings.DEFAULTS,
          GroupSettings.DEFAULTS,
          Duration.ofSeconds(30));

  public GatewaySettings {
    Checks.between("sweepInterval", sweepInterval, Duration.ofMillis(10), Duration.ofHours(1));
  }

  /**
   * About the send path.
   *
   * @param batchSize the most messages in one batch, 1 to 100,000 (BATCH_SIZE)
   * @param flushInterval the longest that a message waits for others while flights are possible, up
   *     to 1 min (FLUSH_INTERVAL)
   * @param flights the most batches of one topic under way from one loop, 1 to 64; messages with
   *     sharding keys always have one for each queue
   * @param inFlightMessages the most messages accepted and not answered, in the whole gateway; each
   *     loop has an equal share
   * @param inFlightBytes the most bytes of them, counted as their bodies and 512 bytes each; shared
   *     likewise
   * @param timeout when a send is given up, its outcome being unknown then (WRITE_TIMEOUT)
   */
  public record SendSettings(
      int batchSize,
      Duration flushInterval,
      int flights,
      int inFlightMessages,
      long inFlightBytes,
      Duration timeout) {

    /** What holds where nothing is set. */
    public static final SendSettings DEFAULTS =
        new SendSettings(100, Duration.ofMillis(100), 2, 50_000, 64L << 20, Duration.ofSeconds(30));

    public SendSettings {
      Checks.between("batchSize", batchSize, 1, 100_000);
      Checks.between("flushInterval", flushInterval, Duration.ZERO, Duration.ofMinutes(1));
      Checks.between("flights", flights, 1, 64);
      Checks.between("inFlightMessages", inFlightMessages, 1, 10_000_000);
      Checks.between("inFlightBytes", inFlightBytes, 1, 1L << 40);
      Checks.between("timeout", timeout, Duration.ofMillis(1), Duration.ofHours(1));
    }
  }

  /**
   * About the receive path.
   *
   * @param bufferMessages the most unacknowledged deliveries of one stream, 1 to 1,000,000
   *     (MESSAGE_BUFFER_SIZE)
   * @param bufferBytes the most bytes of their bodies; one delivery may exceed it
   * @param concurrentPolls the most receives under way for one group and topic, 1 to 1,000
   *     (CONSUMER_POOL_SIZE)
   * @param pollBatch the most messages that one receive asks for, 1 to 1,024
   * @param pollWait how long a receive waits for the first message (PULL_TIMEOUT)
   * @param backOff the pause after a failed receive (PULL_INTERVAL)
   * @param invisible how long a delivery stays hidden from others before it is renewed or comes
   *     again, 1 s to 12 h
   * @param maxHold how long a live stream may hold a delivery (MAX_HOLD)
   * @param maxAttempts how many times a message is handed out before it goes to the dead letters of
   *     its group, 1 to 10,000 (MAX_ATTEMPTS)
   */
  public record ReceiveSettings(
      int bufferMessages,
      long bufferBytes,
      int concurrentPolls,
      int pollBatch,
      Duration pollWait,
      Duration backOff,
      Duration invisible,
      Duration maxHold,
      int maxAttempts) {

    /** What holds where nothing is set. */
    public static final ReceiveSettings DEFAULTS =
        new ReceiveSettings(
            1000,
            64L << 20,
            20,
            32,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofMinutes(15),
            16);

    public ReceiveSettings {
      Checks.between("bufferMessages", bufferMessages, 1, 1_000_000);
      Checks.between("bufferBytes", bufferBytes, 1, 1L << 40);
      Checks.between("concurrentPolls", concurrentPolls, 1, 1000);
      Checks.between("pollBatch", pollBatch, 1, 1024);
      Checks.between("pollWait", pollWait, Duration.ofMillis(1), Duration.ofMinutes(5));
      Checks.between("backOff", backOff, Duration.ofMillis(1), Duration.ofMinutes(5));
      Checks.between("invisible", invisible, Duration.ofSeconds(1), Duration.ofHours(12));
      Checks.between("maxHold", maxHold, Duration.ofSeconds(1), Duration.ofDays(1));
      Checks.between("maxAttempts", maxAttempts, 1, 10_000);
    }
  }

  /**
   * About shared upstreams.
   *
   * @param producerIdle how long an upstream that only producers use stays open unused
   *     (PRODUCER_CLEANUP_TIMEOUT)
   * @param consumerIdle how long one that consumers use stays open unused
   *     (CONSUMER_CLEANUP_TIMEOUT)
   * @param startTimeout how long callers wait for its start (READ_TIMEOUT)
   * @param maximum how many there may be, of different endpoints, instances and credentials, which
   *     callers name; 1 to 1,000,000 (MAX_UPSTREAMS)
   */
  public record UpstreamSettings(
      Duration producerIdle, Duration consumerIdle, Duration startTimeout, int maximum) {

    /** What holds where nothing is set. */
    public static final UpstreamSettings DEFAULTS =
        new UpstreamSettings(
            Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30), 1000);

    public UpstreamSettings {
      Checks.between("producerIdle", producerIdle, Duration.ofMillis(100), Duration.ofDays(1));
      Checks.between("consumerIdle", consumerIdle, Duration.ofMillis(100), Duration.ofDays(1));
      Checks.between("startTimeout", startTimeout, Duration.ofMillis(1), Duration.ofHours(1));
      Checks.between("maximum", maximum, 1, 1_000_000);
    }
  }

  /**
   * About consumer groups.
   *
   * @param refusesConflicts whether a subscription is refused that differs from what the group's
   *     other members ask for; otherwise it is only told of (SUBSCRIPTION_CONFLICT)
   */
  public record GroupSettings(boolean refusesConflicts) {

    /** What holds where nothing is set. */
    public static final GroupSettings DEFAULTS = new GroupSettings(true);
  }

  /** The same with other send settings. */
  public GatewaySettings with(SendSettings other) {
    return new GatewaySettings(other, receive, upstream, groups, sweepInterval);
  }

  /** The same with other receive settings. */
  public GatewaySettings with(ReceiveSettings other) {
    return new GatewaySettings(send, other, upstream, groups, sweepInterval);
  }

  /** The same with other upstream settings. */
  public GatewaySettings with(UpstreamSettings other) {
    return new GatewaySettings(send, receive, other, groups, sweepInterval);
  }

  /** The same with other group settings. */
  public GatewaySettings with(GroupSettings other) {
    return new GatewaySettings(send, receive, upstream, other, sweepInterval);
  }

  /** The same with another interval of the sweep. */
  public GatewaySettings withSweepEvery(Duration interval) {
    return new GatewaySettings(send, receive, upstream, groups, interval);
  }
}
