package dev.sluice.engines;

import dev.sluice.engines.EngineException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Finds ports for servers that run in another process, and so cannot be handed an open socket.
 *
 * <p>Free ports are taken below the range from which the system gives ports to outgoing
 * connections: in it, a client that reconnects to a stopped server can take the server's port, or
 * even connect to itself.
 */
final class LoopbackPorts {
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;
  private static final int ATTEMPTS = 200;

  private LoopbackPorts() {}

  /**
   * Chooses a port.
   *
   * @param what the server, for the error
   * @param lastRun the port of the last run, or 0
   * @param offsets what else the server opens, relative to its port
   */
  static int choose(String what, EnginePort wanted, int lastRun, int... offsets) {
    return switch (wanted) {
      case EnginePort.Exactly exactly -> {
        Integer taken = firstTaken(exactly.port(), offsets);
        if (taken != null) {
          throw inUse(what, exactly.port(), taken, null);
        }
        yield exactly.port();
      }
      case EnginePort.Preferably preferably ->
          firstTaken(preferably.port(), offsets) == null
              ? preferably.port()
              : free(what, lastRun, offsets);
      case EnginePort.Free free -> free(what, lastRun, offsets);
    };
  }

  static EngineException inUse(String what, int port, int taken, @Nullable Throwable cause) {
    String message =
        what
            + " port: "
            + port
            + (taken == port ? " is in use" : " cannot be used, since it also needs " + taken)
            + " (expected: a port of 127.0.0.1 that nothing listens on; stop what listens there, or"
            + " choose another port)";
    return cause == null
        ? new EngineException(Reason.PORT_IN_USE, message)
        : new EngineException(Reason.PORT_IN_USE, message, cause);
  }

  private static int free(String what, int lastRun, int... offsets) {
    if (lastRun > 0 && firstTaken(lastRun, offsets) == null) {
      return lastRun;
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      if (firstTaken(port, offsets) == null) {
        return port;
      }
    }
    throw new EngineException(
        Reason.PORT_IN_USE,
        what
            + " port: none of "
            + ATTEMPTS
            + " tried between "
            + FIRST
            + " and "
            + LAST
            + " is free on 127.0.0.1 (expected: a machine with free ports there, or a port given)");
  }

  private static @Nullable Integer firstTaken(int port, int... offsets) {
    if (!isFree(port)) {
      return port;
    }
    return Arrays.stream(offsets)
        .map(offset -> port + offset)
        .filter(other -> !isFree(other))
        .boxed()
        .findFirst()
        .orElse(null);
  }

  private static boolean isFree(int port) {
    return canBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        && canBind(new InetSocketAddress(port));
  }

  private static boolean canBind(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      // As the servers do: connections that are still going away do not count.
      socket.setReuseAddress(true);
      socket.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
