package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import java.util.List;

/** What an administrator asks the member of a consumer group, by way of a broker. */
public sealed interface MemberInquiry {

  /** The group whose member is asked. */
  String group();

  /** Who is asked, as its heartbeats name it. */
  String clientId();

  /**
   * What it is doing ({@link RequestCode#GET_CONSUMER_RUNNING_INFO}).
   *
   * @param threads whether what its threads do is asked for too
   */
  record RunningInfo(String group, String clientId, boolean threads) implements MemberInquiry {}

  /**
   * That it consumes this message and says how that went ({@link
   * RequestCode#CONSUME_MESSAGE_DIRECTLY}). What the group has consumed stays as it is.
   *
   * @param brokerName the broker that the message is on
   */
  record Consume(String group, String clientId, String brokerName, StoredMessage message)
      implements MemberInquiry {}

  /**
   * Reads a request.
   *
   * @throws WireException when it is none of these, or the message is not there
   */
  static MemberInquiry read(RemotingCommand request) {
    Fields fields = request.fields();
    String group = fields.require("consumerGroup");
    String clientId = fields.require("clientId");
    return switch (request.code()) {
      case RequestCode.GET_CONSUMER_RUNNING_INFO ->
          new RunningInfo(group, clientId, fields.booleanOr("jstackEnable", false));
      case RequestCode.CONSUME_MESSAGE_DIRECTLY -> {
        List<StoredMessage> messages = StoredMessages.decode(request.body());
        if (messages.size() != 1) {
          throw WireException.malformed(
              "messages to consume: " + messages.size() + " (expected: 1)");
        }
        String broker = fields.get("brokerName");
        yield new Consume(group, clientId, broker == null ? "" : broker, messages.getFirst());
      }
      default ->
          throw WireException.malformed(
              RequestCode.name(request.code()) + " (expected: what members are asked)");
    };
  }
}
