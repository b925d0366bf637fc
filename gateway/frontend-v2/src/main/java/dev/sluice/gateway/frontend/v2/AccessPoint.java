package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Address;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.upstreams.Names;

/**
 * The addresses by which a caller reaches this gateway, as it says them: it gets them back with
 * every queue, since only it knows what lies between.
 */
final class AccessPoint {

  private static final int MAX_ADDRESSES = 32;
  private static final int MAX_HOST = 255;
  private static final int MAX_PORT = 65_535;

  private AccessPoint() {}

  /** Checked and copied, as it is repeated for every queue. */
  static Endpoints dialled(Endpoints asked) {
    int count = asked.getAddressesCount();
    if (count == 0 || count > MAX_ADDRESSES) {
      throw new Refusal(
          Code.ILLEGAL_ACCESS_POINT,
          "endpoints: "
              + count
              + " addresses (expected: 1 to "
              + MAX_ADDRESSES
              + ", by which this gateway was reached)");
    }
    var endpoints = Endpoints.newBuilder().setSchemeValue(asked.getSchemeValue());
    for (Address address : asked.getAddressesList()) {
      String host = address.getHost();
      int port = address.getPort();
      if (host.isBlank() || host.length() > MAX_HOST || port < 1 || port > MAX_PORT) {
        throw new Refusal(
            Code.ILLEGAL_ACCESS_POINT,
            "endpoints: "
                + Names.shown(host)
                + ":"
                + port
                + " (expected: a host of 1 to "
                + MAX_HOST
                + " characters and a port of 1 to "
                + MAX_PORT
                + ")");
      }
      endpoints.addAddresses(Address.newBuilder().setHost(host).setPort(port));
    }
    return endpoints.build();
  }
}
