package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.RequestCode;

/**
 * Creates a consumer group on a broker or changes it ({@link
 * RequestCode#UPDATE_AND_CREATE_SUBSCRIPTIONGROUP}).
 */
public final class CreateGroup extends JsonBodyRequest {

  private CreateGroup(byte[] body) {
    super(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, body);
  }

  /**
   * A request for a group that may consume.
   *
   * @param group the group
   * @param ordered whether the group's pops may be ordered
   * @param maxAttempts how often a classic consumer's message comes again before it goes to the
   *     dead-letter topic; pop does not move it
   */
  public static CreateGroup of(String group, boolean ordered, int maxAttempts) {
    return new CreateGroup(
        JsonBody.write(
            out -> {
              out.writeStringField("groupName", group);
              out.writeBooleanField("consumeEnable", true);
              out.writeBooleanField("consumeFromMinEnable", true);
              out.writeBooleanField("consumeBroadcastEnable", true);
              out.writeBooleanField("consumeMessageOrderly", ordered);
              out.writeNumberField("retryQueueNums", 1);
              out.writeNumberField("retryMaxTimes", maxAttempts);
              out.writeNumberField("brokerId", 0);
              out.writeNumberField("whichBrokerWhenConsumeSlowly", 1);
              out.writeBooleanField("notifyConsumerIdsChangedEnable", true);
            }));
  }
}
