package dev.sluice.rocketmq.admin;

/** What 5.x brokers and proxies let be sent to a topic. 4.x brokers know no types. */
public enum TopicType {
  /** Not stored; taken for any. The only one on 4.x. */
  UNSPECIFIED,
  /** Messages that are neither ordered nor delayed nor in transactions. */
  NORMAL,
  /** Messages of a group each, in order. */
  FIFO,
  /** Messages with a delivery time. */
  DELAY,
  /** Messages of transactions. */
  TRANSACTION,
  /** Messages with a priority. */
  PRIORITY,
  /** Messages of lite topics. */
  LITE,
  /** All of them. */
  MIXED,
  /** One that this library does not know; not to be set. */
  OTHER
}
