package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Address;
import dev.sluice.gateway.proto.v2.AddressScheme;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.upstreams.Names;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The addresses by which callers reach this gateway, given with every queue: those that a caller
 * says it dialled, since only it knows what lies between, unless others are configured.
 */
final class AccessPoint {

  private static final int MAX_ADDRESSES = 32;
  private static final int MAX_HOST = 255;
  private static final int MAX_PORT = 65_535;
  private static final Pattern IPV4 = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

  private final Endpoints configured;

  private AccessPoint(Endpoints configured) {
    this.configured = configured;
  }

  /**
   * An access point.
   *
   * @param addresses {@code host:port} each, IPv6 in brackets: one, or several of one kind that are
   *     no names; none for those that callers dialled
   */
  static AccessPoint at(List<String> addresses) {
    var configured = Endpoints.newBuilder();
    for (String address : addresses) {
      int colon = address.lastIndexOf(':');
      String host = address.substring(0, colon);
      configured
          .setScheme(scheme(host))
          .addAddresses(
              Address.newBuilder()
                  .setHost(host.replaceAll("[\\[\\]]", ""))
                  .setPort(Integer.parseInt(address.substring(colon + 1))));
    }
    return new AccessPoint(configured.build());
  }

  private static AddressScheme scheme(String host) {
    if (host.startsWith("[")) {
      return AddressScheme.IPv6;
    }
    return IPV4.matcher(host).matches() ? AddressScheme.IPv4 : AddressScheme.DOMAIN_NAME;
  }

  /** What a caller is given that says it dialled these, which are checked only where they count. */
  Endpoints forCallerOf(Endpoints dialled) {
    return configured.getAddressesCount() > 0 ? configured : checked(dialled);
  }

  /** A copy, as it is repeated for every queue. */
  private static Endpoints checked(Endpoints asked) {
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
