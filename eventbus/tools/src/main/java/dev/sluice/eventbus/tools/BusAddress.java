package dev.sluice.eventbus.tools;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a broker is: {@code kafka://host:port}, several hosts separated by commas.
 *
 * @param backend that speaks there
 * @param hosts {@code host:port} each, at least one
 */
record BusAddress(Backend backend, List<String> hosts) {

  /** What can be spoken to. */
  enum Backend {
    /** Kafka's brokers to begin with. */
    KAFKA("kafka", "Kafka"),
    /** Servers of a NATS cluster. */
    NATS("nats", "NATS"),
    /** The same over TLS. */
    NATS_TLS("tls", "NATS"),
    /** RocketMQ's name servers. */
    ROCKETMQ("rocketmq", "RocketMQ");

    private final String scheme;
    private final String title;

    Backend(String scheme, String title) {
      this.scheme = scheme;
      this.title = title;
    }

    /** By its own name, for a person. */
    String title() {
      return title;
    }
  }

  static final String EXPECTED =
      "kafka://host:port, nats://host:port, tls://host:port (NATS) or rocketmq://host:port; several"
          + " hosts separated by commas";

  private static final Pattern HOST =
      Pattern.compile("(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):(?<port>[0-9]{1,5})");
  private static final int HIGHEST_PORT = 65_535;

  BusAddress {
    hosts = List.copyOf(hosts);
  }

  /**
   * Reads one.
   *
   * @throws CommandException if it is none; the value is not told where it may have a secret in it
   */
  static BusAddress parse(String text) {
    int end = text.indexOf("://");
    if (end > 0) {
      String scheme = text.substring(0, end);
      List<String> hosts = Arrays.asList(text.substring(end + 3).split(",", -1));
      Optional<Backend> backend =
          Arrays.stream(Backend.values()).filter(each -> each.scheme.equals(scheme)).findFirst();
      if (backend.isPresent() && hosts.stream().allMatch(BusAddress::isHost)) {
        return new BusAddress(backend.get(), hosts);
      }
    }
    throw text.contains("@")
        ? CommandException.invalid(
            "--bus", "one with a user in it", EXPECTED + "; who you are is said in --config")
        : CommandException.invalid("--bus", text, EXPECTED);
  }

  private static boolean isHost(String text) {
    Matcher matcher = HOST.matcher(text);
    return matcher.matches() && isPort(Integer.parseInt(matcher.group("port")));
  }

  private static boolean isPort(int number) {
    return number >= 1 && number <= HIGHEST_PORT;
  }

  /** Each host to connect to, looked up. */
  List<InetSocketAddress> sockets() {
    return hosts.stream()
        .map(
            text -> {
              int colon = text.lastIndexOf(':');
              return new InetSocketAddress(
                  text.substring(0, colon), Integer.parseInt(text, colon + 1, text.length(), 10));
            })
        .toList();
  }

  /** The hosts as URLs of their own. */
  List<String> urls() {
    return hosts.stream().map(host -> backend.scheme + "://" + host).toList();
  }

  @Override
  public String toString() {
    return backend.scheme + "://" + String.join(",", hosts);
  }
}
