package dev.sluice.gateway.backend.rocketmq;

import org.jspecify.annotations.Nullable;

/**
 * How gateways name themselves to brokers: {@code sluice/<member>/<clients>}. Administrators read
 * it, and other gateways know each other by it.
 */
final class GatewayName {
  private static final String PREFIX = "sluice/";

  private GatewayName() {}

  /** The client id of a member with so many clients behind it. */
  static String of(String member, int clients) {
    return PREFIX + member + "/" + clients;
  }

  /** The member that a client id names; null where it is no gateway's. */
  static @Nullable String memberOf(String clientId) {
    int end = clientId.lastIndexOf('/');
    if (!clientId.startsWith(PREFIX) || end <= PREFIX.length()) {
      return null;
    }
    String member = clientId.substring(PREFIX.length(), end);
    return member.indexOf('/') < 0 ? member : null;
  }
}
