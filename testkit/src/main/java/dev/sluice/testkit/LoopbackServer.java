package dev.sluice.testkit;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tracked;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Accepts on a free port of the loopback and serves each connection on a virtual thread of its own.
 */
final class LoopbackServer implements BoundedCloseable {

  /** What is done with a connection; it is over when this returns. */
  @FunctionalInterface
  interface Service {
    void serve(ServedConnection connection) throws IOException;
  }

  private static final int BACKLOG = 1024;

  private final Ledger ledger;
  private final String name;
  private final Service service;
  private final ServerSocket listening;
  private final Tracked tracked;
  private final CompletableFuture<Void> acceptingEnded = new CompletableFuture<>();
  // A connection leaves when its service returns; bounded by what the test opens.
  private final Set<ServedConnection> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();
  private final BoundedCloseable closing;

  private LoopbackServer(Ledger ledger, String name, Service service, ServerSocket listening) {
    this.ledger = ledger;
    this.name = name;
    this.service = service;
    this.listening = listening;
    this.tracked = ledger.track(name, "test", listening);
    this.closing =
        StagedClose.named(name)
            .action("stop accepting", listening::close)
            .stage("end accepting", deadline -> acceptingEnded)
            .action("cut", this::resetAll)
            .stage("end connections", deadline -> allEnded())
            .action("leave the ledger", tracked::close)
            .build();
  }

  /** Binds to a free port of the loopback and starts to accept. */
  static LoopbackServer start(Ledger ledger, String name, Service service) throws IOException {
    return start(ledger, name, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), service);
  }

  /** Binds and starts to accept. */
  static LoopbackServer start(
      Ledger ledger, String name, InetSocketAddress address, Service service) throws IOException {
    var listening = new ServerSocket();
    try {
      listening.bind(address, BACKLOG);
    } catch (IOException e) {
      listening.close();
      throw e;
    }
    var server = new LoopbackServer(ledger, name, service, listening);
    Thread.ofVirtual().name(name + "-accept").start(server::accept);
    return server;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
  }

  long accepted() {
    return accepted.get();
  }

  int open() {
    return open.size();
  }

  /** Ends every open connection with a reset. */
  void resetAll() {
    open.forEach(ServedConnection::reset);
  }

  /** Has every open connection be lost without a word. */
  void loseAll() {
    open.forEach(ServedConnection::lose);
  }

  private void accept() {
    try {
      while (!listening.isClosed()) {
        begin(listening.accept());
      }
    } catch (IOException e) {
      // Closed, which is how accepting ends.
    } finally {
      acceptingEnded.complete(null);
    }
  }

  private void begin(Socket socket) {
    var connection = new ServedConnection(socket, ledger.track(name + " connection", name, socket));
    open.add(connection);
    accepted.incrementAndGet();
    Thread.ofVirtual().name(name + "-serve").start(() -> serve(connection));
  }

  private void serve(ServedConnection connection) {
    try {
      service.serve(connection);
    } catch (IOException e) {
      // The peer went away or the connection was cut; both are what this is for.
    } finally {
      connection.end();
      open.remove(connection);
      connection.ended().complete(null);
    }
  }

  private CompletableFuture<Void> allEnded() {
    return CompletableFuture.allOf(
        open.stream().map(ServedConnection::ended).toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
