package dev.sluice.gateway.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/** How many of something there are from each address. Safe for use by any thread. */
final class AddressCounts {
  private static final int NETWORK_BYTES = 8;

  private final int maximum;
  // A count leaves when it is 0; bounded by how many connections there may be.
  private final ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();

  AddressCounts(int maximum) {
    this.maximum = maximum;
  }

  /**
   * What is counted together: one address, of IPv6 the network of 64 bits that a single customer
   * has at least. Empty where there is no address.
   */
  static String origin(SocketAddress remote) {
    if (!(remote instanceof InetSocketAddress socket) || socket.getAddress() == null) {
      return "";
    }
    InetAddress address = socket.getAddress();
    if (!(address instanceof Inet6Address) || address.isLoopbackAddress()) {
      return address.getHostAddress();
    }
    byte[] network = address.getAddress();
    Arrays.fill(network, NETWORK_BYTES, network.length, (byte) 0);
    try {
      return InetAddress.getByAddress(network).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + network.length + " bytes", e);
    }
  }

  /** Counts one more, unless that were too many. */
  boolean enter(String origin) {
    boolean[] entered = new boolean[1];
    counts.compute(
        origin,
        (same, count) -> {
          int now = count == null ? 0 : count;
          entered[0] = now < maximum;
          return entered[0] ? Integer.valueOf(now + 1) : count;
        });
    return entered[0];
  }

  /** Takes back one {@link #enter} that counted. */
  void leave(String origin) {
    counts.computeIfPresent(origin, (same, count) -> count == 1 ? null : count - 1);
  }

  boolean isEmpty() {
    return counts.isEmpty();
  }
}
