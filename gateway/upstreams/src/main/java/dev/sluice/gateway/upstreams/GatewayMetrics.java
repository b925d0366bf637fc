package dev.sluice.gateway.upstreams;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Plain counters of one instance; for any thread, without contention. Exporters read {@link
 * #value}.
 */
public final class GatewayMetrics {

  /** What is counted. Counters only grow; gauges go up and down. */
  public enum Counter {
    /** Messages stored. */
    MESSAGES_SENT,
    /** Messages whose send failed, whatever the reason. */
    SEND_FAILURES,
    /** Sends of them whose outcome is unknown. */
    UNKNOWN_OUTCOMES,
    /** Batches sent; less than {@link #MESSAGES_SENT} where coalescing works. */
    BATCHES_SENT,
    /** Batches refused and sent again in parts to find the culprit. */
    BATCHES_SPLIT,
    /** Sends refused because too much was under way. */
    OVERLOADS,
    /** Messages of transactions stored; each is also one of {@link #MESSAGES_SENT}. */
    TRANSACTIONS_BEGUN,
    /** Transactions committed. */
    TRANSACTIONS_COMMITTED,
    /** Transactions rolled back. */
    TRANSACTIONS_ROLLED_BACK,
    /** Transactions that a message system asked for. */
    TRANSACTION_CHECKS,
    /** Of these, the ones that nobody here could answer. */
    TRANSACTION_CHECKS_UNANSWERED,
    /** Messages handed to streams and to single receives. */
    MESSAGES_RECEIVED,
    /** Of these, the ones that had been handed out before. */
    REDELIVERIES,
    /** Acknowledgements that the message system confirmed. */
    MESSAGES_ACKED,
    /** Acknowledgements and renewals refused for their handle. */
    HANDLES_REFUSED,
    /** Acknowledgements that failed at the message system. */
    ACK_FAILURES,
    /** Acknowledgements and retries answered by the instance that holds the delivery. */
    FORWARDED,
    /** Acknowledgements and retries for which that instance was out of reach or gone. */
    FORWARD_FAILURES,
    /** Questions to other instances that got no answer of use. */
    PEER_FAILURES,
    /** What came in the name of other instances and was not to be trusted. */
    PEER_REQUESTS_REFUSED,
    /** Renewals of held deliveries. */
    RENEWALS,
    /** Deliveries that a live holder kept for longer than it may. */
    HOLDS_EXPIRED,
    /** Deliveries handed back to come again soon. */
    HANDED_BACK,
    /** Failed receives. */
    POLL_FAILURES,
    /** Receives, also empty ones. */
    POLLS,
    /** Times that a stream stopped taking messages: it is full, or its caller does not read. */
    CHANNEL_FULL_EVENTS,
    /** Messages that came again after the maximum of attempts, and are not handed out any more. */
    ATTEMPTS_EXCEEDED,
    /** Of these, the ones moved to the dead letters of their group. */
    DEAD_LETTERS,
    /** Of these, the ones that could not be moved, and come again to be tried again. */
    DEAD_LETTER_FAILURES,
    /**
     * Subscriptions refused, or told of, since other members of their group ask for something else.
     */
    SUBSCRIPTION_CONFLICTS,
    /**
     * Members of groups whose subscriptions could not be compared, so that they were passed over.
     */
    SUBSCRIPTIONS_UNCOMPARED,
    /** Upstreams started. */
    UPSTREAM_OPENS,
    /** Upstreams closed. */
    UPSTREAM_CLOSES,
    /** Upstreams whose start failed. */
    UPSTREAM_START_FAILURES,
    /** Connections of callers refused because there were too many. */
    CONNECTIONS_REFUSED,
    /** Calls without a valid API key. */
    AUTHENTICATION_FAILURES,
    /** Calls refused because their caller or connection had as much as it may. */
    CALLS_OVER_LIMIT,
    /** Times that changed files of certificates or API keys were put to use. */
    FILES_RELOADED,
    /** Times that changed files of certificates or API keys could not be used. */
    FILE_RELOAD_FAILURES,
    /** Connections of callers ever opened. */
    CONNECTIONS_OPENED,
    /** Gauge: open connections of callers. */
    ACTIVE_CONNECTIONS,
    /** Gauge: live producer sessions. */
    ACTIVE_PRODUCERS,
    /** Gauge: live consumer sessions. */
    ACTIVE_CONSUMERS,
    /** Gauge: open streams. */
    ACTIVE_STREAMS,
    /** Gauge: open upstreams. */
    ACTIVE_UPSTREAMS
  }

  /** What latencies are recorded of. */
  public enum Operation {
    /** From the call of a send to its completion. */
    SEND,
    /** From the call of an acknowledgement to its completion. */
    ACK
  }

  /** Receives latencies; called on the loops, must be quick and must not throw. */
  @FunctionalInterface
  public interface LatencyRecorder {
    /** Records nothing. */
    LatencyRecorder NONE = (operation, nanos, success) -> {};

    /** One operation ended. */
    void record(Operation operation, long nanos, boolean success);
  }

  private final Map<Counter, LongAdder> adders = new EnumMap<>(Counter.class);
  private final TopicMetrics topics = new TopicMetrics();
  private volatile LatencyRecorder latencies = LatencyRecorder.NONE;

  public GatewayMetrics() {
    for (Counter counter : Counter.values()) {
      adders.put(counter, new LongAdder());
    }
  }

  /** The counter's value now. */
  public long value(Counter counter) {
    return adder(counter).sum();
  }

  /** What happened by topic. */
  public TopicMetrics topics() {
    return topics;
  }

  /** Has latencies go to the recorder from now on. */
  public void recordLatenciesTo(LatencyRecorder recorder) {
    latencies = recorder;
  }

  /** Where latencies go. */
  public LatencyRecorder latencies() {
    return latencies;
  }

  /** Counts several. */
  public void add(Counter counter, long n) {
    adder(counter).add(n);
  }

  /** Counts one. */
  public void increment(Counter counter) {
    adder(counter).increment();
  }

  /** A gauge goes down. */
  public void decrement(Counter counter) {
    adder(counter).decrement();
  }

  private LongAdder adder(Counter counter) {
    return Objects.requireNonNull(adders.get(counter));
  }
}
