package dev.sluice.testkit;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * A network between a client and a server that does on command what networks do: TCP relayed on the
 * loopback, that can stop, break, be slow and refuse. It passes everything until told otherwise.
 *
 * <p>What it opens is in the ledger that it was given until it is closed. Safe for use by any
 * thread.
 */
public final class FaultyNetwork implements BoundedCloseable {

  private final Traffic traffic;
  private final LoopbackServer server;

  private FaultyNetwork(Traffic traffic, LoopbackServer server) {
    this.traffic = traffic;
    this.server = server;
  }

  /**
   * Starts to relay from a free port of the loopback to {@code target}.
   *
   * @throws IOException if no port could be bound
   */
  public static FaultyNetwork start(Ledger ledger, InetSocketAddress target) throws IOException {
    return start(ledger, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), target);
  }

  /**
   * Starts to relay from an address of this machine, for clients that cannot be told another.
   *
   * @param address port 0 for any free one
   * @throws IOException if it could not be bound
   */
  public static FaultyNetwork start(
      Ledger ledger, InetSocketAddress address, InetSocketAddress target) throws IOException {
    var traffic = new Traffic();
    var relay = new Relay(traffic, target);
    return new FaultyNetwork(
        traffic, LoopbackServer.start(ledger, "faulty network", address, relay));
  }

  /** Where clients connect to. */
  public InetSocketAddress address() {
    return server.address();
  }

  /** The port that clients connect to. */
  public int port() {
    return address().getPort();
  }

  /** Relays again, also what was held back, and accepts again; the delay stays. */
  public void pass() {
    traffic.pass();
  }

  /**
   * Relays nothing any more in either direction, as if packets were lost: connections stay open,
   * and new ones are accepted, but nothing arrives, not even an end of stream. What was under way
   * is held, and arrives after {@link #pass}.
   */
  public void stall() {
    traffic.stall();
  }

  /** Ends the open connections with a reset on both sides. New ones are relayed as before. */
  public void cut() {
    server.resetAll();
  }

  /**
   * Loses the open connections without a word, as a host that is gone or a gateway that has
   * forgotten them: they stay open, nothing arrives over them any more, also not their end, and
   * only {@link #cut} or a side that gives up ends them. New ones are relayed.
   */
  public void lose() {
    server.loseAll();
  }

  /**
   * Ends new connections with a reset as soon as they are made; open ones go on. Until {@link
   * #pass}.
   */
  public void refuse() {
    traffic.refuse();
  }

  /**
   * Delivers each piece at least this much after it was received, in each direction; zero by
   * default. Pieces follow each other, so this also limits the rate.
   */
  public void delay(Duration delay) {
    traffic.delay(delay);
  }

  /**
   * Ends, with a reset on both sides, the connection over which the given number of further bytes
   * has been relayed to the server; exactly that many arrive. Happens once.
   */
  public void cutAfterToServer(long bytes) {
    traffic.cutAfter(Direction.TO_SERVER, bytes);
  }

  /**
   * Ends, with a reset on both sides, the connection over which the given number of further bytes
   * has been relayed to the client; exactly that many are sent to it. Happens once.
   *
   * <p>A reset lets the receiver drop what it has not read yet, so it may see fewer.
   */
  public void cutAfterToClient(long bytes) {
    traffic.cutAfter(Direction.TO_CLIENT, bytes);
  }

  /** How many connections are open through it now. */
  public int connections() {
    return server.open();
  }

  /** How many connections were made to it so far, refused ones among them. */
  public long accepted() {
    return server.accepted();
  }

  /** How many bytes were relayed to the server so far. */
  public long bytesToServer() {
    return traffic.relayed(Direction.TO_SERVER);
  }

  /** How many bytes were relayed to clients so far. */
  public long bytesToClient() {
    return traffic.relayed(Direction.TO_CLIENT);
  }

  /** Cuts what is open and frees the port. */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return server.closeAsync(deadline);
  }

  enum Direction {
    TO_SERVER,
    TO_CLIENT
  }
}
