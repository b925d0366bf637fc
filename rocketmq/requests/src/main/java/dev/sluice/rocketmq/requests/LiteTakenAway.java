package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;

/**
 * What a broker tells when it has ended a subscription to a lite topic ({@link
 * RequestCode#NOTIFY_UNSUBSCRIBE_LITE}): another client of the group has it now, or the lite topic
 * is no longer there. It takes no answer.
 *
 * @param group the consumer group
 * @param clientId whose subscription it was
 */
public record LiteTakenAway(String group, String clientId, String liteTopic) {

  /**
   * Reads it.
   *
   * @throws dev.sluice.rocketmq.wire.WireException when something is missing
   */
  public static LiteTakenAway read(RemotingCommand request) {
    Fields fields = request.fields();
    return new LiteTakenAway(
        fields.require("consumerGroup"), fields.require("clientId"), fields.require("liteTopic"));
  }
}
