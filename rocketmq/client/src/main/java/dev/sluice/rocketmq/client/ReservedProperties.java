package dev.sluice.rocketmq.client;

import java.util.Set;

/**
 * For the other modules of this library: the property names that brokers and clients use among
 * themselves.
 */
public final class ReservedProperties {
  private static final Set<String> NAMES =
      Set.of(
          "KEYS",
          "TAGS",
          "WAIT",
          "DELAY",
          "RETRY_TOPIC",
          "REAL_TOPIC",
          "REAL_QID",
          "TRAN_MSG",
          "PGROUP",
          "MIN_OFFSET",
          "MAX_OFFSET",
          "BUYER_ID",
          "ORIGIN_MESSAGE_ID",
          "TRANSFER_FLAG",
          "CORRECTION_FLAG",
          "MQ2_FLAG",
          "RECONSUME_TIME",
          "MSG_REGION",
          "TRACE_ON",
          "UNIQ_KEY",
          "EXTEND_UNIQ_INFO",
          "MAX_RECONSUME_TIMES",
          "CONSUME_START_TIME",
          "INNER_NUM",
          "INNER_BASE",
          "DUP_INFO",
          "CHECK_IMMUNITY_TIME_IN_SECONDS",
          "TRAN_PREPARED_QUEUE_OFFSET",
          "TRANSACTION_CHECK_TIMES",
          "__transactionId__",
          "POP_CK",
          "POP_CK_OFFSET",
          "1ST_POP_TIME",
          "INSTANCE_ID",
          "CORRELATION_ID",
          "REPLY_TO_CLIENT",
          "TTL",
          "ARRIVE_TIME",
          "PUSH_REPLY_TIME",
          "CLUSTER",
          "MSG_TYPE",
          "DLQ_ORIGIN_TOPIC",
          "DLQ_ORIGIN_MESSAGE_ID",
          "TIMER_DELAY_MS",
          "TIMER_DELAY_SEC",
          "TIMER_DELIVER_MS",
          "TIMER_ENQUEUE_MS",
          "TIMER_DEQUEUE_MS",
          "TIMER_ROLL_TIMES",
          "TIMER_OUT_MS",
          "TIMER_DEL_UNIQKEY",
          "TIMER_DELAY_LEVEL",
          "TIMER_DEL_MS",
          "INNER_MULTI_DISPATCH",
          "INNER_MULTI_QUEUE_OFFSET",
          "BORN_TIMESTAMP");

  private ReservedProperties() {}

  /** Whether an application may not set it. */
  public static boolean contains(String name) {
    return name.startsWith("__") || name.startsWith("_SYS_") || NAMES.contains(name);
  }
}
