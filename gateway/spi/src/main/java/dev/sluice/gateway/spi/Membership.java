package dev.sluice.gateway.spi;

/**
 * What a group's member on this instance is shown as, to the tools of a message system's
 * administrators and to other gateways.
 *
 * @param topic what it consumes
 * @param group the consumer group
 * @param filter what of the topic, all its callers taken together
 * @param member the instance's name among the gateways; 1 to 255 visible characters without a
 *     {@code /}
 * @param clients how many callers stand behind it, at least 1
 */
public record Membership(String topic, String group, Filter filter, String member, int clients) {

  public Membership {
    if (!member.matches("[!-.0-~]{1,255}")) {
      throw new IllegalArgumentException(
          "member: '" + member + "' (expected: 1 to 255 visible characters without a /)");
    }
    if (clients < 1) {
      throw new IllegalArgumentException("clients: " + clients + " (expected: >= 1)");
    }
  }
}
