package dev.sluice.rocketmq.wire;

/**
 * The request codes that Sluice uses or answers, as RocketMQ 5.5.0 numbers them. Codes travel as
 * plain integers, so that one that is not listed here can still be sent and read.
 *
 * <p>The binary header form has 16 bits for the code: those above {@value #MAX_BINARY_CODE} (the
 * pop family) always go out as JSON.
 */
public final class RequestCode {
  /** The highest code that the binary header form can carry. */
  public static final int MAX_BINARY_CODE = Short.MAX_VALUE;

  /** Pulls messages of one queue from an offset. */
  public static final int PULL_MESSAGE = 11;

  /** Finds messages of a topic by their key. */
  public static final int QUERY_MESSAGE = 12;

  /** Asks for a group's committed offset of one queue. */
  public static final int QUERY_CONSUMER_OFFSET = 14;

  /** Commits a group's offset of one queue. */
  public static final int UPDATE_CONSUMER_OFFSET = 15;

  /** Creates a topic on a broker or changes it. */
  public static final int UPDATE_AND_CREATE_TOPIC = 17;

  /** Asks for a broker's settings. */
  public static final int GET_BROKER_CONFIG = 26;

  /** Asks a broker for its version, load and store state. */
  public static final int GET_BROKER_RUNTIME_INFO = 28;

  /** Asks for the offset of one queue at a time. */
  public static final int SEARCH_OFFSET_BY_TIMESTAMP = 29;

  /** Asks for the offset that the next message of one queue will get. */
  public static final int GET_MAX_OFFSET = 30;

  /** Asks for the offset of the oldest message of one queue. */
  public static final int GET_MIN_OFFSET = 31;

  /** Asks for the message at a place in the log. */
  public static final int VIEW_MESSAGE_BY_ID = 33;

  /** Registers a client's groups and subscriptions with a broker. */
  public static final int HEART_BEAT = 34;

  /** Takes a client's groups back from a broker. */
  public static final int UNREGISTER_CLIENT = 35;

  /** Gives a message back to be delivered later (classic consumers). */
  public static final int CONSUMER_SEND_MSG_BACK = 36;

  /** Commits or rolls back a half message. */
  public static final int END_TRANSACTION = 37;

  /** Asks for the client ids of a group. */
  public static final int GET_CONSUMER_LIST_BY_GROUP = 38;

  /** From broker to client: how did this transaction end? */
  public static final int CHECK_TRANSACTION_STATE = 39;

  /** From broker to client: the members of a group have changed. */
  public static final int NOTIFY_CONSUMER_IDS_CHANGED = 40;

  /** Locks queues for ordered consumption (classic consumers). */
  public static final int LOCK_BATCH_MQ = 41;

  /** Unlocks queues. */
  public static final int UNLOCK_BATCH_MQ = 42;

  /** Asks a broker whether it understands a client's filter. */
  public static final int CHECK_CLIENT_CONFIG = 46;

  /** Asks a name server where a topic lives. */
  public static final int GET_ROUTEINFO_BY_TOPIC = 105;

  /** Asks a name server for its clusters and brokers. */
  public static final int GET_BROKER_CLUSTER_INFO = 106;

  /** Creates a consumer group on a broker or changes it. */
  public static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP = 200;

  /** Asks for the offsets of all queues of a topic on a broker. */
  public static final int GET_TOPIC_STATS_INFO = 202;

  /** Asks a broker for the connections of a consumer group. */
  public static final int GET_CONSUMER_CONNECTION_LIST = 203;

  /** Asks a name server for the names of all topics. */
  public static final int GET_ALL_TOPIC_LIST_FROM_NAMESERVER = 206;

  /** Deletes a consumer group on a broker. */
  public static final int DELETE_SUBSCRIPTIONGROUP = 207;

  /** Asks how far a consumer group is on a broker. */
  public static final int GET_CONSUME_STATS = 208;

  /** Deletes a topic on a broker. */
  public static final int DELETE_TOPIC_IN_BROKER = 215;

  /** Deletes a topic's route on a name server. */
  public static final int DELETE_TOPIC_IN_NAMESRV = 216;

  /** Has a group's members, by way of a broker, go on from other offsets. */
  public static final int RESET_CONSUMER_CLIENT_OFFSET = 220;

  /** Asks a group's member, by way of a broker, how far it is. */
  public static final int GET_CONSUMER_STATUS_FROM_CLIENT = 221;

  /** Has a broker move a consumer group to another time. */
  public static final int INVOKE_BROKER_TO_RESET_OFFSET = 222;

  /** Asks a broker which groups consume a topic. */
  public static final int QUERY_TOPIC_CONSUME_BY_WHO = 300;

  /** Asks a group's member, by way of a broker, what it is doing. */
  public static final int GET_CONSUMER_RUNNING_INFO = 307;

  /** Has a group's member, by way of a broker, consume one message. */
  public static final int CONSUME_MESSAGE_DIRECTLY = 309;

  /** Sends one message, with one-letter field names. */
  public static final int SEND_MESSAGE_V2 = 310;

  /** Sends several messages of one topic to one queue, with one-letter field names. */
  public static final int SEND_BATCH_MESSAGE = 320;

  /** Asks a broker for a topic's configuration (5.x). */
  public static final int GET_TOPIC_CONFIG = 351;

  /** Asks a broker for the configurations of all its consumer groups. */
  public static final int GET_ALL_SUBSCRIPTIONGROUP_CONFIG = 201;

  /** Asks a broker for a consumer group's configuration (5.x). */
  public static final int GET_SUBSCRIPTIONGROUP_CONFIG = 352;

  /** Takes a delayed message back before it is delivered (5.x). */
  public static final int RECALL_MESSAGE = 370;

  /** Takes messages for an invisible duration (5.x). */
  public static final int POP_MESSAGE = 200050;

  /** Acknowledges one popped message (5.x). */
  public static final int ACK_MESSAGE = 200051;

  /** Sets when a popped message comes again (5.x). */
  public static final int CHANGE_MESSAGE_INVISIBLETIME = 200053;

  /** Waits until a topic has messages for a group (5.x). */
  public static final int NOTIFICATION = 200054;

  /** Acknowledges many popped messages (5.x). */
  public static final int BATCH_ACK_MESSAGE = 200151;

  /** Takes messages of the lite topics that a client has subscribed to (5.5). */
  public static final int POP_LITE_MESSAGE = 200_070;

  /** Changes what lite topics a client is subscribed to (5.5). */
  public static final int LITE_SUBSCRIPTION_CTL = 200_071;

  /** Tells a client that a subscription of its to a lite topic has been ended (5.5). */
  public static final int NOTIFY_UNSUBSCRIBE_LITE = 200_073;

  private RequestCode() {}

  /** The name of a code for messages that people read, as {@code POP_MESSAGE 200050}. */
  public static String name(int code) {
    String name =
        switch (code) {
          case PULL_MESSAGE -> "PULL_MESSAGE ";
          case QUERY_MESSAGE -> "QUERY_MESSAGE ";
          case QUERY_CONSUMER_OFFSET -> "QUERY_CONSUMER_OFFSET ";
          case UPDATE_CONSUMER_OFFSET -> "UPDATE_CONSUMER_OFFSET ";
          case UPDATE_AND_CREATE_TOPIC -> "UPDATE_AND_CREATE_TOPIC ";
          case GET_BROKER_CONFIG -> "GET_BROKER_CONFIG ";
          case GET_BROKER_RUNTIME_INFO -> "GET_BROKER_RUNTIME_INFO ";
          case SEARCH_OFFSET_BY_TIMESTAMP -> "SEARCH_OFFSET_BY_TIMESTAMP ";
          case GET_MAX_OFFSET -> "GET_MAX_OFFSET ";
          case GET_MIN_OFFSET -> "GET_MIN_OFFSET ";
          case VIEW_MESSAGE_BY_ID -> "VIEW_MESSAGE_BY_ID ";
          case HEART_BEAT -> "HEART_BEAT ";
          case UNREGISTER_CLIENT -> "UNREGISTER_CLIENT ";
          case CONSUMER_SEND_MSG_BACK -> "CONSUMER_SEND_MSG_BACK ";
          case END_TRANSACTION -> "END_TRANSACTION ";
          case GET_CONSUMER_LIST_BY_GROUP -> "GET_CONSUMER_LIST_BY_GROUP ";
          case CHECK_TRANSACTION_STATE -> "CHECK_TRANSACTION_STATE ";
          case NOTIFY_CONSUMER_IDS_CHANGED -> "NOTIFY_CONSUMER_IDS_CHANGED ";
          case LOCK_BATCH_MQ -> "LOCK_BATCH_MQ ";
          case UNLOCK_BATCH_MQ -> "UNLOCK_BATCH_MQ ";
          case CHECK_CLIENT_CONFIG -> "CHECK_CLIENT_CONFIG ";
          case GET_ROUTEINFO_BY_TOPIC -> "GET_ROUTEINFO_BY_TOPIC ";
          case GET_BROKER_CLUSTER_INFO -> "GET_BROKER_CLUSTER_INFO ";
          case UPDATE_AND_CREATE_SUBSCRIPTIONGROUP -> "UPDATE_AND_CREATE_SUBSCRIPTIONGROUP ";
          case GET_TOPIC_STATS_INFO -> "GET_TOPIC_STATS_INFO ";
          case GET_CONSUMER_CONNECTION_LIST -> "GET_CONSUMER_CONNECTION_LIST ";
          case GET_ALL_TOPIC_LIST_FROM_NAMESERVER -> "GET_ALL_TOPIC_LIST_FROM_NAMESERVER ";
          case DELETE_SUBSCRIPTIONGROUP -> "DELETE_SUBSCRIPTIONGROUP ";
          case GET_CONSUME_STATS -> "GET_CONSUME_STATS ";
          case DELETE_TOPIC_IN_BROKER -> "DELETE_TOPIC_IN_BROKER ";
          case DELETE_TOPIC_IN_NAMESRV -> "DELETE_TOPIC_IN_NAMESRV ";
          case RESET_CONSUMER_CLIENT_OFFSET -> "RESET_CONSUMER_CLIENT_OFFSET ";
          case GET_CONSUMER_STATUS_FROM_CLIENT -> "GET_CONSUMER_STATUS_FROM_CLIENT ";
          case INVOKE_BROKER_TO_RESET_OFFSET -> "INVOKE_BROKER_TO_RESET_OFFSET ";
          case QUERY_TOPIC_CONSUME_BY_WHO -> "QUERY_TOPIC_CONSUME_BY_WHO ";
          case GET_CONSUMER_RUNNING_INFO -> "GET_CONSUMER_RUNNING_INFO ";
          case CONSUME_MESSAGE_DIRECTLY -> "CONSUME_MESSAGE_DIRECTLY ";
          case SEND_MESSAGE_V2 -> "SEND_MESSAGE_V2 ";
          case SEND_BATCH_MESSAGE -> "SEND_BATCH_MESSAGE ";
          case GET_TOPIC_CONFIG -> "GET_TOPIC_CONFIG ";
          case GET_ALL_SUBSCRIPTIONGROUP_CONFIG -> "GET_ALL_SUBSCRIPTIONGROUP_CONFIG ";
          case GET_SUBSCRIPTIONGROUP_CONFIG -> "GET_SUBSCRIPTIONGROUP_CONFIG ";
          case RECALL_MESSAGE -> "RECALL_MESSAGE ";
          case POP_MESSAGE -> "POP_MESSAGE ";
          case ACK_MESSAGE -> "ACK_MESSAGE ";
          case CHANGE_MESSAGE_INVISIBLETIME -> "CHANGE_MESSAGE_INVISIBLETIME ";
          case NOTIFICATION -> "NOTIFICATION ";
          case POP_LITE_MESSAGE -> "POP_LITE_MESSAGE ";
          case LITE_SUBSCRIPTION_CTL -> "LITE_SUBSCRIPTION_CTL ";
          case NOTIFY_UNSUBSCRIBE_LITE -> "NOTIFY_UNSUBSCRIBE_LITE ";
          case BATCH_ACK_MESSAGE -> "BATCH_ACK_MESSAGE ";
          default -> "request code ";
        };
    return name + code;
  }
}
