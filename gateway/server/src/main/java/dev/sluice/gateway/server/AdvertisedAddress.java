package dev.sluice.gateway.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where other gateways find this one.
 *
 * @param host a name or an address, IPv6 in brackets
 * @param port 0 for the one that it listens on
 */
record AdvertisedAddress(String host, int port) {
  private static final int MOST_CHARACTERS = 255;
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):([0-9]{1,5})");

  /** What the settings say; empty where that is none, which is noted there. */
  static Optional<AdvertisedAddress> of(SettingValues values, InetAddress bound) {
    String text = values.text(Setting.ADVERTISED_ADDRESS);
    if (text.isEmpty()) {
      return Optional.of(
          new AdvertisedAddress(literal(bound.isAnyLocalAddress() ? ofThisMachine() : bound), 0));
    }
    Matcher form = FORM.matcher(text);
    if (text.length() <= MOST_CHARACTERS && form.matches()) {
      int port = Integer.parseInt(form.group(2));
      if (port >= 1 && port <= 65_535) {
        return Optional.of(new AdvertisedAddress(form.group(1), port));
      }
    }
    values.problem(
        Setting.ADVERTISED_ADDRESS,
        text,
        "host:port by which other gateways reach this one, such as 10.0.0.5:50051");
    return Optional.empty();
  }

  /** With the port that it listens on, where no other is said. */
  String withPort(int listening) {
    return host + ":" + (port == 0 ? listening : port);
  }

  /**
   * An address that others on the network may use, the same one each time; the loopback's where
   * there is no network.
   */
  private static InetAddress ofThisMachine() {
    try (Stream<NetworkInterface> all = NetworkInterface.networkInterfaces()) {
      return all.filter(AdvertisedAddress::isUp)
          .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
          .flatMap(NetworkInterface::inetAddresses)
          .filter(
              address ->
                  !address.isLoopbackAddress()
                      && !address.isLinkLocalAddress()
                      && !address.isMulticastAddress())
          .min(Comparator.comparing(address -> !(address instanceof Inet4Address)))
          .orElse(InetAddress.getLoopbackAddress());
    } catch (IOException | UncheckedIOException e) {
      return InetAddress.getLoopbackAddress();
    }
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp() && !network.isLoopback() && !network.isPointToPoint();
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    if (zone >= 0) {
      text = text.substring(0, zone);
    }
    return address instanceof Inet4Address ? text : "[" + text + "]";
  }
}
