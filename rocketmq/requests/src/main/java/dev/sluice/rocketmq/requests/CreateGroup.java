package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.rocketmq.wire.RequestCode;
import java.io.IOException;

/**
 * Creates a consumer group on a broker or changes it ({@link
 * RequestCode#UPDATE_AND_CREATE_SUBSCRIPTIONGROUP}).
 */
public final class CreateGroup extends JsonBodyRequest {

  private CreateGroup(byte[] body) {
    super(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, body);
  }

  /**
   * A request for a group that may consume, with the broker's usual waits between deliveries.
   *
   * @param group the group
   * @param ordered whether the group's pops may be ordered
   * @param maxAttempts how often a classic consumer's message comes again before it goes to the
   *     dead-letter topic; pop does not move it
   */
  public static CreateGroup of(String group, boolean ordered, int maxAttempts) {
    return of(new GroupConfig(group, ordered, maxAttempts, GroupConfig.Retries.USUAL));
  }

  /** A request for a group. */
  public static CreateGroup of(GroupConfig config) {
    return new CreateGroup(
        JsonBody.write(
            out -> {
              out.writeStringField("groupName", config.group());
              out.writeBooleanField("consumeEnable", config.access().consume());
              out.writeBooleanField("consumeFromMinEnable", config.access().fromStart());
              out.writeBooleanField("consumeBroadcastEnable", config.access().broadcast());
              out.writeBooleanField("consumeMessageOrderly", config.ordered());
              out.writeNumberField("retryQueueNums", config.access().retryQueues());
              out.writeNumberField("retryMaxTimes", config.maxRetries());
              out.writeNumberField("brokerId", 0);
              out.writeNumberField("whichBrokerWhenConsumeSlowly", 1);
              out.writeBooleanField("notifyConsumerIdsChangedEnable", true);
              if (!config.retries().equals(GroupConfig.Retries.USUAL)) {
                out.writeObjectFieldStart("groupRetryPolicy");
                writePolicy(config.retries(), out);
                out.writeEndObject();
              }
            }));
  }

  private static void writePolicy(GroupConfig.Retries retries, JsonGenerator out)
      throws IOException {
    switch (retries) {
      case GroupConfig.Retries.Steps steps -> {
        out.writeStringField("type", "CUSTOMIZED");
        out.writeObjectFieldStart("customizedRetryPolicy");
        out.writeArrayFieldStart("next");
        for (long millis : steps.millis()) {
          out.writeNumber(millis);
        }
        out.writeEndArray();
      }
      case GroupConfig.Retries.Growing growing -> {
        out.writeStringField("type", "EXPONENTIAL");
        out.writeObjectFieldStart("exponentialRetryPolicy");
        out.writeNumberField("initial", growing.initialMillis());
        out.writeNumberField("max", growing.maxMillis());
        out.writeNumberField("multiplier", growing.factor());
      }
    }
    out.writeEndObject();
  }
}
