package dev.sluice.rocketmq.requests;

/** The names of message properties that mean something to brokers and clients. */
public final class PropertyNames {
  /** The keys to find a message by, separated by spaces. */
  public static final String KEYS = "KEYS";

  /** The tag to filter by. */
  public static final String TAGS = "TAGS";

  /** Whether the broker answers only when the message is stored as its flush policy says. */
  public static final String WAIT = "WAIT";

  /** The delay level, 1 to 18. */
  public static final String DELAY_LEVEL = "DELAY";

  /** When to deliver, in milliseconds since 1970 (5.x). */
  public static final String DELIVER_AT = "TIMER_DELIVER_MS";

  /** The unique id that the sender gave. */
  public static final String UNIQUE_ID = "UNIQ_KEY";

  /** Messages with equal keys stay in order. */
  public static final String SHARDING_KEY = "__SHARDINGKEY";

  /** Marks a half message. */
  public static final String TRANSACTION_PREPARED = "TRAN_MSG";

  /** The producer group that is asked how a transaction ended. */
  public static final String PRODUCER_GROUP = "PGROUP";

  /** How many seconds a transaction may take before the broker asks. */
  public static final String CHECK_IMMUNITY_SECONDS = "CHECK_IMMUNITY_TIME_IN_SECONDS";

  /** The topic that a message in a retry topic came from. */
  public static final String RETRY_TOPIC = "RETRY_TOPIC";

  /** The topic that a half or delayed message is for. */
  public static final String REAL_TOPIC = "REAL_TOPIC";

  /** The queue that a half or delayed message is for. */
  public static final String REAL_QUEUE_ID = "REAL_QID";

  /** The id of the message that a retried one came from. */
  public static final String ORIGIN_MESSAGE_ID = "ORIGIN_MESSAGE_ID";

  /** The receipt handle that the broker puts on a retried message that it hands out. */
  public static final String POP_HANDLE = "POP_CK";

  /** When the message was first handed out, in milliseconds since 1970. */
  public static final String FIRST_POP_TIME = "1ST_POP_TIME";

  /** The topic that a dead letter came from. */
  public static final String DEAD_LETTER_TOPIC = "DLQ_ORIGIN_TOPIC";

  /** The id of the message that a dead letter came from. */
  public static final String DEAD_LETTER_MESSAGE_ID = "DLQ_ORIGIN_MESSAGE_ID";

  /** The trace context that the sender gave. */
  public static final String TRACE_CONTEXT = "TRACE_CONTEXT";

  /** The message's priority, from 0: brokers put it into the queue of this number. */
  public static final String PRIORITY = "_SYS_MSG_PRIORITY_";

  /** The lite topic, of the topic that the message was sent to. */
  public static final String LITE_TOPIC = "__LITE_TOPIC";

  /** Where the message is in its lite topic; written by brokers. */
  public static final String LITE_OFFSET = "INNER_MULTI_QUEUE_OFFSET";

  /** When the sender made the message, where the batch's own born time says otherwise. */
  public static final String BORN_TIMESTAMP = "BORN_TIMESTAMP";

  /** The address of the sender. */
  public static final String BORN_HOST = "__BORNHOST";

  private PropertyNames() {}
}
