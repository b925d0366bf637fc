package dev.sluice.testkit;

import dev.sluice.lifecycle.Tracked;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An accepted connection, and what was opened for it: all of it ends together. */
final class ServedConnection {

  private final Socket accepted;
  private final Tracked tracked;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final List<Socket> sockets = new ArrayList<>();
  private boolean over;
  private boolean resetting;
  private volatile boolean lost;

  ServedConnection(Socket accepted, Tracked tracked) {
    this.accepted = accepted;
    this.tracked = tracked;
    this.sockets.add(accepted);
  }

  Socket socket() {
    return accepted;
  }

  /** Completed by the server, when the connection no longer counts as open. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Hands over a socket, which ends with this connection: at once if that is over. */
  synchronized void own(Socket socket) {
    sockets.add(socket);
    if (over) {
      close(socket);
    }
  }

  /** Ends it abruptly: peers see a reset, not an end of stream. */
  synchronized void reset() {
    if (!over) {
      over = true;
      resetting = true;
      sockets.forEach(this::close);
    }
  }

  /** Has nothing arrive any more, on either side, until it ends. */
  void lose() {
    lost = true;
  }

  boolean isLost() {
    return lost;
  }

  synchronized boolean isOver() {
    return over;
  }

  /** Ends it, after what it served has returned. */
  void end() {
    synchronized (this) {
      over = true;
      sockets.forEach(this::close);
    }
    tracked.close();
  }

  private void close(Socket socket) {
    try {
      if (resetting && !socket.isClosed()) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      // Nothing can be done about a close that fails, and nothing is left open by it.
    }
  }
}
