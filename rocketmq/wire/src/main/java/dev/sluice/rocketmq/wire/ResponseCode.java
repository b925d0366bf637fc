package dev.sluice.rocketmq.wire;

/** The response codes that Sluice tells apart, as RocketMQ 5.5.0 numbers them. */
public final class ResponseCode {
  /** Done. */
  public static final int SUCCESS = 0;

  /** Something failed in the server; the remark says what. */
  public static final int SYSTEM_ERROR = 1;

  /** The server sheds load; nothing was done. */
  public static final int SYSTEM_BUSY = 2;

  /** The server does not know this request: it is older than the request. */
  public static final int REQUEST_CODE_NOT_SUPPORTED = 3;

  /** The transaction failed. */
  public static final int TRANSACTION_FAILED = 4;

  /** Stored, but not yet on disk in time (synchronous flush). */
  public static final int FLUSH_DISK_TIMEOUT = 10;

  /** Stored, but there was no replica (synchronous replication). */
  public static final int SLAVE_NOT_AVAILABLE = 11;

  /** Stored, but no replica confirmed in time (synchronous replication). */
  public static final int FLUSH_SLAVE_TIMEOUT = 12;

  /** The message breaks a rule of the broker: size, topic name, properties. */
  public static final int MESSAGE_ILLEGAL = 13;

  /** The broker does not take writes now. */
  public static final int SERVICE_NOT_AVAILABLE = 14;

  /** The server does not speak this version. */
  public static final int VERSION_NOT_SUPPORTED = 15;

  /** The topic, group or caller lacks the permission. */
  public static final int NO_PERMISSION = 16;

  /** The topic does not exist and is not created by itself. */
  public static final int TOPIC_NOT_EXIST = 17;

  /** No message at this offset, or none that matches. */
  public static final int PULL_NOT_FOUND = 19;

  /** Ask again at once. */
  public static final int PULL_RETRY_IMMEDIATELY = 20;

  /** The offset is outside of the queue. */
  public static final int PULL_OFFSET_MOVED = 21;

  /** What was asked for does not exist; for a group's offset: none committed yet. */
  public static final int QUERY_NOT_FOUND = 22;

  /** The filter expression does not parse. */
  public static final int SUBSCRIPTION_PARSE_FAILED = 23;

  /** The group has no subscription of this topic. */
  public static final int SUBSCRIPTION_NOT_EXIST = 24;

  /** The group does not exist and is not created by itself. */
  public static final int SUBSCRIPTION_GROUP_NOT_EXIST = 26;

  /** A field is out of its range. */
  public static final int INVALID_PARAMETER = 29;

  /** Nobody is a member of the group. */
  public static final int CONSUMER_NOT_ONLINE = 206;

  /** A member has not consumed a message in time. */
  public static final int CONSUME_MSG_TIMEOUT = 207;

  /** The handle, or the messages that it names, are not there. */
  public static final int NO_MESSAGE = 208;

  /** The broker holds as many waiting pops as it can. */
  public static final int POLLING_FULL = 209;

  /** The pop waited in vain. */
  public static final int POLLING_TIMEOUT = 210;

  /** The broker limits this caller's rate; nothing was done. */
  public static final int FLOW_CONTROL = 215;

  /** Not allowed in this state; for a transaction: its time to commit is over. */
  public static final int ILLEGAL_OPERATION = 604;

  /** The server is closing this connection: send again on another. */
  public static final int GO_AWAY = 1500;

  /** There are as many lite topics as there may be. */
  public static final int LMQ_QUOTA_EXCEEDED = 2017;

  /** There are as many subscriptions to lite topics as there may be. */
  public static final int LITE_SUBSCRIPTION_QUOTA_EXCEEDED = 2018;

  private ResponseCode() {}

  /** The name of a code for messages that people read, as {@code SYSTEM_BUSY 2}. */
  public static String name(int code) {
    String name =
        switch (code) {
          case SUCCESS -> "SUCCESS ";
          case SYSTEM_ERROR -> "SYSTEM_ERROR ";
          case SYSTEM_BUSY -> "SYSTEM_BUSY ";
          case REQUEST_CODE_NOT_SUPPORTED -> "REQUEST_CODE_NOT_SUPPORTED ";
          case TRANSACTION_FAILED -> "TRANSACTION_FAILED ";
          case FLUSH_DISK_TIMEOUT -> "FLUSH_DISK_TIMEOUT ";
          case SLAVE_NOT_AVAILABLE -> "SLAVE_NOT_AVAILABLE ";
          case FLUSH_SLAVE_TIMEOUT -> "FLUSH_SLAVE_TIMEOUT ";
          case MESSAGE_ILLEGAL -> "MESSAGE_ILLEGAL ";
          case SERVICE_NOT_AVAILABLE -> "SERVICE_NOT_AVAILABLE ";
          case VERSION_NOT_SUPPORTED -> "VERSION_NOT_SUPPORTED ";
          case NO_PERMISSION -> "NO_PERMISSION ";
          case TOPIC_NOT_EXIST -> "TOPIC_NOT_EXIST ";
          case PULL_NOT_FOUND -> "PULL_NOT_FOUND ";
          case PULL_RETRY_IMMEDIATELY -> "PULL_RETRY_IMMEDIATELY ";
          case PULL_OFFSET_MOVED -> "PULL_OFFSET_MOVED ";
          case QUERY_NOT_FOUND -> "QUERY_NOT_FOUND ";
          case SUBSCRIPTION_PARSE_FAILED -> "SUBSCRIPTION_PARSE_FAILED ";
          case SUBSCRIPTION_NOT_EXIST -> "SUBSCRIPTION_NOT_EXIST ";
          case SUBSCRIPTION_GROUP_NOT_EXIST -> "SUBSCRIPTION_GROUP_NOT_EXIST ";
          case INVALID_PARAMETER -> "INVALID_PARAMETER ";
          case CONSUMER_NOT_ONLINE -> "CONSUMER_NOT_ONLINE ";
          case CONSUME_MSG_TIMEOUT -> "CONSUME_MSG_TIMEOUT ";
          case NO_MESSAGE -> "NO_MESSAGE ";
          case POLLING_FULL -> "POLLING_FULL ";
          case POLLING_TIMEOUT -> "POLLING_TIMEOUT ";
          case FLOW_CONTROL -> "FLOW_CONTROL ";
          case ILLEGAL_OPERATION -> "ILLEGAL_OPERATION ";
          case LMQ_QUOTA_EXCEEDED -> "LMQ_QUOTA_EXCEEDED ";
          case LITE_SUBSCRIPTION_QUOTA_EXCEEDED -> "LITE_SUBSCRIPTION_QUOTA_EXCEEDED ";
          case GO_AWAY -> "GO_AWAY ";
          default -> "response code ";
        };
    return name + code;
  }
}
