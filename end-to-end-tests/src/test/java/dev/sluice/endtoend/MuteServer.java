package dev.sluice.endtoend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Takes connections, as far as its operating system does, and never says a word. */
final class MuteServer implements AutoCloseable {
  private final ServerSocket socket;

  MuteServer() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
