package dev.sluice.testkit;

import dev.sluice.testkit.FaultyNetwork.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Carries the bytes of one connection in both directions, under the rules of the traffic. */
final class Relay implements LoopbackServer.Service {

  private static final int PIECE = 16 * 1024;
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final Traffic traffic;
  private final InetSocketAddress target;

  Relay(Traffic traffic, InetSocketAddress target) {
    this.traffic = traffic;
    this.target = target;
  }

  @Override
  public void serve(ServedConnection connection) throws IOException {
    if (traffic.isRefusing()) {
      connection.reset();
      return;
    }
    var server = new Socket();
    connection.own(server);
    try {
      server.connect(target, CONNECT_TIMEOUT_MILLIS);
    } catch (IOException e) {
      connection.reset();
      throw e;
    }
    Socket client = connection.socket();
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    Thread back =
        Thread.ofVirtual()
            .name("faulty network-back")
            .start(() -> carry(connection, server, client, Direction.TO_CLIENT));
    carry(connection, client, server, Direction.TO_SERVER);
    try {
      back.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void carry(ServedConnection connection, Socket from, Socket to, Direction direction) {
    try {
      boolean whole = carryBytes(connection, from, to, direction);
      if (whole) {
        to.shutdownOutput();
      }
    } catch (IOException e) {
      // One side broke, so the other must see it break too, as soon as anything can be seen.
      if (traffic.awaitPassing(connection)) {
        connection.reset();
      }
    }
  }

  /** True if it ended with the end of the stream. */
  private boolean carryBytes(
      ServedConnection connection, Socket from, Socket to, Direction direction) throws IOException {
    var piece = new byte[PIECE];
    while (traffic.awaitPassing(connection)) {
      int count = from.getInputStream().read(piece);
      if (!traffic.awaitDelivery(connection, System.nanoTime())) {
        return false;
      }
      if (count < 0) {
        return true;
      }
      Traffic.Permit permit = traffic.permit(direction, count);
      to.getOutputStream().write(piece, 0, permit.bytes());
      traffic.delivered(direction, permit.bytes());
      if (permit.last()) {
        connection.reset();
        return false;
      }
    }
    return false;
  }
}
