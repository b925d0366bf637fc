package dev.sluice.gateway.server;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What clients are told of where this gateway is. */
final class ClientEndpoints {
  private static final int MOST = 32;
  private static final int MOST_CHARACTERS = 255;
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<v6>\\[[0-9A-Fa-f:.]+\\])|(?<v4>[0-9]+(?:\\.[0-9]+){3})|(?<name>[A-Za-z0-9._-]+))"
              + ":(?<port>[0-9]{1,5})");

  /** How clients' libraries see an address; they take several of one kind, and names only alone. */
  private enum Kind {
    NAME,
    IPV4,
    IPV6
  }

  private ClientEndpoints() {}

  /** What the settings say, {@code host:port} each; what is wrong with it is noted there. */
  static List<String> of(SettingValues values) {
    String text = values.text(Setting.CLIENT_ENDPOINTS);
    List<String> addresses =
        Stream.of(text.split("[,;]", -1)).map(String::strip).filter(one -> !one.isEmpty()).toList();
    List<Kind> kinds =
        addresses.stream().map(ClientEndpoints::kind).flatMap(Optional::stream).toList();
    boolean each = kinds.size() == addresses.size();
    boolean together =
        addresses.size() <= 1
            || (kinds.stream().distinct().count() == 1 && !kinds.contains(Kind.NAME));
    if (!each || !together || addresses.size() > MOST) {
      values.problem(
          Setting.CLIENT_ENDPOINTS,
          text,
          "host:port by which clients reach this gateway, such as mq.example:443, or 1 to "
              + MOST
              + " IP addresses of one kind with their ports");
    }
    return addresses;
  }

  private static Optional<Kind> kind(String address) {
    Matcher form = FORM.matcher(address);
    if (address.length() > MOST_CHARACTERS || !form.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(form.group("port"));
    if (port < 1 || port > 65_535) {
      return Optional.empty();
    }
    if (form.group("v6") != null) {
      return Optional.of(Kind.IPV6);
    }
    return Optional.of(form.group("v4") != null ? Kind.IPV4 : Kind.NAME);
  }
}
