package dev.sluice.eventbus.tools;

import dev.sluice.lifecycle.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.StringJoiner;

/**
 * Whether anybody listens where a broker should be. Brokers' clients try again until their time is
 * over, also where a name or port is wrong; who types the command is told at once.
 */
final class Listening {
  private static final Duration CONNECT_TIME = Duration.ofSeconds(5);

  private Listening() {}

  /**
   * Returns when one of the hosts takes a connection. Blocks.
   *
   * @throws CommandException that says of each why it did not
   */
  static void check(BusAddress address, Deadline deadline) {
    StringJoiner reasons = new StringJoiner("; ");
    for (InetSocketAddress socket : address.sockets()) {
      try (Socket connection = new Socket()) {
        if (socket.isUnresolved()) {
          throw new IOException("unknown host");
        }
        connection.connect(socket, millis(deadline));
        return;
      } catch (IOException e) {
        reasons.add(socket.getHostString() + ':' + socket.getPort() + ": " + e.getMessage());
      }
    }
    throw new CommandException(
        ExitCodes.UNAVAILABLE,
        "no %s at %s (%s)".formatted(address.backend().title(), address, reasons));
  }

  private static int millis(Deadline deadline) {
    Duration left = deadline.remaining();
    Duration time = left.compareTo(CONNECT_TIME) < 0 ? left : CONNECT_TIME;
    return (int) Math.max(1, time.toMillis());
  }
}
