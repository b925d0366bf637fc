package dev.sluice.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for tests that have to know theirs before anything listens there. Out of the range from
 * which systems give ports to outgoing connections, one of which would take it meanwhile.
 */
public final class FreePort {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 100;

  private FreePort() {}

  /** A port of the loopback address where nobody listens. */
  public static int ofLoopback() {
    return of(InetAddress.getLoopbackAddress().getHostAddress());
  }

  /** A port of an address where nobody listens; 0 where the machine does not have the address. */
  public static int of(String address) {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(address))) {
        return probe.getLocalPort();
      } catch (IOException e) {
        // Somebody listens there, or nobody can.
      }
    }
    return 0;
  }
}
