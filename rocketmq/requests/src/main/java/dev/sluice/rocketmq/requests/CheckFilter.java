package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.RequestCode;

/**
 * Asks a broker whether it understands a filter ({@link RequestCode#CHECK_CLIENT_CONFIG}): brokers
 * of 4.x take one that they do not for none when it comes with a pull.
 */
public final class CheckFilter extends JsonBodyRequest {

  /** A request about what a group wants of a topic. */
  public CheckFilter(String clientId, String group, Heartbeat.Subscription subscription) {
    super(
        RequestCode.CHECK_CLIENT_CONFIG,
        JsonBody.write(
            out -> {
              out.writeStringField("clientId", clientId);
              out.writeStringField("group", group);
              out.writeFieldName("subscriptionData");
              Heartbeat.write(subscription, out);
            }));
  }
}
