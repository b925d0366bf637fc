package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.deliveries.AckPath;
import dev.sluice.gateway.proto.v2.Code;

/** Receipt handles as callers name them: together with the topic and group that they are of. */
final class Handles {

  private Handles() {}

  /**
   * Checks that a handle is of the topic and group that the request says.
   *
   * @throws Refusal where it is another's
   * @throws dev.sluice.gateway.spi.GatewayException where it is none
   */
  static void check(AckPath acks, String handle, String topic, String group) {
    AckPath.HandleContent content = acks.open(handle);
    if (!content.topic().equals(topic) || !content.group().equals(group)) {
      throw new Refusal(
          Code.INVALID_RECEIPT_HANDLE,
          "receipt_handle: one of group "
              + content.group()
              + " and topic "
              + content.topic()
              + " (expected: "
              + group
              + " and "
              + topic
              + ", as the request says)");
    }
  }
}
