package dev.sluice.testkit;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server that is not what the client expects: it speaks another protocol, nonsense, or not at
 * all.
 *
 * <p>What it opens is in the ledger that it was given until it is closed. Safe for use by any
 * thread.
 */
public final class GarbageServer implements BoundedCloseable {

  private final LoopbackServer server;
  private final AtomicLong received;

  private GarbageServer(LoopbackServer server, AtomicLong received) {
    this.server = server;
    this.received = received;
  }

  /** Sends these bytes as soon as it is connected to, and then takes whatever comes. */
  public static GarbageServer greeting(Ledger ledger, byte[] greeting) throws IOException {
    byte[] sent = greeting.clone();
    return start(
        ledger,
        (socket, swallow) -> {
          socket.getOutputStream().write(sent);
          swallow.toTheEnd();
        });
  }

  /**
   * Sends these bytes once the first byte of a connection has come, and then takes whatever comes.
   */
  public static GarbageServer answering(Ledger ledger, byte[] answer) throws IOException {
    byte[] sent = answer.clone();
    return start(
        ledger,
        (socket, swallow) -> {
          swallow.some();
          socket.getOutputStream().write(sent);
          swallow.toTheEnd();
        });
  }

  /** Answers as a web server does that was not understood: a 400, and the end of the stream. */
  public static GarbageServer http(Ledger ledger) throws IOException {
    byte[] answer =
        ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n"
                + "Connection: close\r\n\r\nBad Request")
            .getBytes(StandardCharsets.US_ASCII);
    return start(
        ledger,
        (socket, swallow) -> {
          swallow.some();
          socket.getOutputStream().write(answer);
          socket.shutdownOutput();
          swallow.toTheEnd();
        });
  }

  /** Accepts, takes whatever comes, and never answers. */
  public static GarbageServer silent(Ledger ledger) throws IOException {
    return start(ledger, (socket, swallow) -> swallow.toTheEnd());
  }

  /** Accepts, and ends each connection at once. */
  public static GarbageServer closing(Ledger ledger) throws IOException {
    return start(ledger, (socket, swallow) -> {});
  }

  private static GarbageServer start(Ledger ledger, Manner manner) throws IOException {
    var received = new AtomicLong();
    LoopbackServer server =
        LoopbackServer.start(
            ledger,
            "garbage server",
            connection ->
                manner.serve(connection.socket(), new Swallow(connection.socket(), received)));
    return new GarbageServer(server, received);
  }

  @FunctionalInterface
  private interface Manner {
    void serve(Socket socket, Swallow swallow) throws IOException;
  }

  private record Swallow(Socket socket, AtomicLong received) {

    boolean some() throws IOException {
      InputStream in = socket.getInputStream();
      int count = in.read(new byte[16 * 1024]);
      received.addAndGet(Math.max(0, count));
      return count >= 0;
    }

    void toTheEnd() throws IOException {
      while (some()) {
        // Counted, and of no further interest.
      }
    }
  }

  /** Where clients connect to. */
  public InetSocketAddress address() {
    return server.address();
  }

  /** The port that clients connect to. */
  public int port() {
    return address().getPort();
  }

  /** How many connections are open to it now. */
  public int connections() {
    return server.open();
  }

  /** How many connections were made to it so far. */
  public long accepted() {
    return server.accepted();
  }

  /** How many bytes it was sent so far. */
  public long received() {
    return received.get();
  }

  /** Resets what is open and frees the port. */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return server.closeAsync(deadline);
  }
}
