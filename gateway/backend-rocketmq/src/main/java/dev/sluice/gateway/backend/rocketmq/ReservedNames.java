package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.requests.PropertyNames;
import java.util.Set;

/**
 * The names under which RocketMQ keeps its own among a message's properties. Users may not set
 * them, and do not see them.
 */
final class ReservedNames {
  private static final String TRANSIENT = "__RMQ.TRANSIENT.";

  private static final Set<String> NAMES =
      Set.of(
          PropertyNames.UNIQUE_ID,
          PropertyNames.TAGS,
          PropertyNames.KEYS,
          PropertyNames.SHARDING_KEY,
          PropertyNames.DELAY_LEVEL,
          PropertyNames.DELIVER_AT,
          PropertyNames.BORN_TIMESTAMP,
          PropertyNames.BORN_HOST,
          PropertyNames.PRIORITY,
          PropertyNames.WAIT,
          PropertyNames.PRODUCER_GROUP,
          PropertyNames.RETRY_TOPIC,
          PropertyNames.REAL_TOPIC,
          PropertyNames.REAL_QUEUE_ID,
          PropertyNames.TRANSACTION_PREPARED,
          PropertyNames.CHECK_IMMUNITY_SECONDS,
          PropertyNames.ORIGIN_MESSAGE_ID,
          PropertyNames.DEAD_LETTER_TOPIC,
          PropertyNames.DEAD_LETTER_MESSAGE_ID,
          PropertyNames.POP_HANDLE,
          PropertyNames.FIRST_POP_TIME,
          HalfTerms.NOTE,
          "ORIGIN_GROUP",
          "CLUSTER",
          "MSG_REGION",
          "TRACE_ON",
          "TRAN_PREPARED_QUEUE_OFFSET",
          "TRANSACTION_CHECK_TIMES",
          "__transactionId__",
          "MIN_OFFSET",
          "MAX_OFFSET",
          "BUYER_ID",
          "TRANSFER_FLAG",
          "CORRECTION_FLAG",
          "MQ2_FLAG",
          "RECONSUME_TIME",
          "MAX_RECONSUME_TIMES",
          "CONSUME_START_TIME",
          "DUP_INFO",
          "EXTEND_UNIQ_INFO",
          "INSTANCE_ID",
          "INNER_NUM",
          "INNER_BASE",
          "INNER_MULTI_DISPATCH",
          "INNER_MULTI_QUEUE_OFFSET",
          "CORRELATION_ID",
          "REPLY_TO_CLIENT",
          "TTL",
          "ARRIVE_TIME",
          "PUSH_REPLY_TIME",
          "MSG_TYPE",
          "POP_CK_OFFSET",
          "PROPERTY_FORWARD_QUEUE_ID",
          "REDIRECT",
          "TIMER_DELAY_SEC",
          "TIMER_DELAY_MS",
          "TIMER_DELAY_LEVEL",
          "TIMER_ENQUEUE_MS",
          "TIMER_DEQUEUE_MS",
          "TIMER_ROLL_TIMES",
          "TIMER_OUT_MS",
          "TIMER_DEL_UNIQKEY",
          "__LITE_TOPIC",
          "__CRC32#");

  private ReservedNames() {}

  /** Whether RocketMQ gives the name a meaning of its own. */
  static boolean contains(String name) {
    return NAMES.contains(name) || name.startsWith(TRANSIENT);
  }
}
