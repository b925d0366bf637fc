package dev.sluice.rocketmq.remoting;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads and writes lists of name servers, from those whom nobody has checked. */
final class NameServerList {
  /** The longest text that is read. */
  static final int MAX_BYTES = 16 << 10;

  private static final int MAX_SERVERS = 64;
  private static final int SHOWN = 80;

  private static final Pattern ADDRESS =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}]):[0-9]{1,5}");

  private NameServerList() {}

  /**
   * The servers of a text, in its order, each once.
   *
   * @throws IllegalArgumentException if it is anything but a list of addresses, with white space
   *     around it at most
   */
  static List<Endpoint> parse(String text) {
    List<Endpoint> servers = new ArrayList<>();
    for (String part : text.strip().split(";", -1)) {
      if (!ADDRESS.matcher(part).matches()) {
        throw unexpected(text);
      }
      servers.add(Endpoint.parse(part));
    }
    if (servers.size() > MAX_SERVERS) {
      throw unexpected(text);
    }
    return servers.stream().distinct().toList();
  }

  private static IllegalArgumentException unexpected(String text) {
    String start = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    return new IllegalArgumentException(
        "name servers: '%s' (expected: 1 to %d of host:port, with ; between them)"
            .formatted(start.replaceAll("\\p{Cntrl}", " "), MAX_SERVERS));
  }

  static String format(List<Endpoint> servers) {
    return servers.stream().map(Endpoint::toString).collect(Collectors.joining(";"));
  }
}
