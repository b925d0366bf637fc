package dev.sluice.gateway.upstreams;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/** The normal form of {@code host:port}, found without looking anything up. */
final class Addresses {

  private static final int DEFAULT_PORT = 9876;
  private static final Pattern NAME =
      Pattern.compile("(?!-)[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");
  private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?(0x[0-9a-f]*|[0-9]+)");
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final String EXPECTED = "host:port, [ipv6]:port or host";

  private Addresses() {}

  static String normalise(String text) {
    String address = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    String host;
    String port;
    if (address.startsWith("[")) {
      int end = address.indexOf(']');
      if (end < 0) {
        throw EndpointAllowList.invalid(text, EXPECTED);
      }
      host = ipv6(address.substring(1, end), text);
      port = address.substring(end + 1);
    } else if (address.indexOf(':') != address.lastIndexOf(':')) {
      host = ipv6(address, text);
      port = "";
    } else {
      int colon = address.indexOf(':');
      host = name(colon < 0 ? address : address.substring(0, colon), text);
      port = colon < 0 ? "" : address.substring(colon);
    }
    return host + ":" + port(port, text);
  }

  private static int port(String port, String text) {
    if (port.isEmpty()) {
      return DEFAULT_PORT;
    }
    if (port.matches(":[0-9]{1,5}")) {
      int number = Integer.parseInt(port.substring(1));
      if (number >= 1 && number <= 65535) {
        return number;
      }
    }
    throw EndpointAllowList.invalid(text, "a port of 1 to 65535");
  }

  private static String name(String host, String text) {
    String name = lower(host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
    if (name.equals("localhost")) {
      return "127.0.0.1";
    }
    // 0x7f.1 and 2130706433 are addresses too, for those who look them up.
    boolean wellFormed =
        ENDS_IN_NUMBER.matcher(name).matches()
            ? IPV4.matcher(name).matches()
            : NAME.matcher(name).matches();
    if (!wellFormed || name.length() > 253) {
      throw EndpointAllowList.invalid(text, EXPECTED);
    }
    return name;
  }

  private static String ipv6(String host, String text) {
    try {
      if (host.indexOf(':') < 0 || host.indexOf('%') >= 0) {
        throw EndpointAllowList.invalid(text, EXPECTED);
      }
      String literal = InetAddress.ofLiteral(host).getHostAddress();
      return literal.indexOf(':') < 0 ? literal : "[" + literal + "]";
    } catch (IllegalArgumentException e) {
      throw EndpointAllowList.invalid(text, EXPECTED);
    }
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
