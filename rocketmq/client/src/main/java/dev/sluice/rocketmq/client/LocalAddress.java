package dev.sluice.rocketmq.client;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.concurrent.ThreadLocalRandom;

/** What client ids are made of: an address of this machine, and a name for this process. */
final class LocalAddress {
  private static final String THIS_PROCESS =
      ProcessHandle.current().pid()
          + "#"
          + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);

  private LocalAddress() {}

  /** The number of this process with a random part; always the same. */
  static String thisProcess() {
    return THIS_PROCESS;
  }

  /** An address of an interface that is up, IPv4 before IPv6; the loopback where there is none. */
  static String find() {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(LocalAddress::isUsable)
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .min(Comparator.comparing((InetAddress address) -> !(address instanceof Inet4Address)))
          .map(LocalAddress::text)
          .orElse("127.0.0.1");
    } catch (SocketException e) {
      return "127.0.0.1";
    }
  }

  private static boolean isUsable(NetworkInterface each) {
    try {
      return each.isUp() && !each.isLoopback() && !each.isPointToPoint();
    } catch (SocketException e) {
      return false;
    }
  }

  /** Without the scope of an IPv6 address. */
  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }
}
