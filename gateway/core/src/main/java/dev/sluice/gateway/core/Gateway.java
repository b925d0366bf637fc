package dev.sluice.gateway.core;

import dev.sluice.gateway.deliveries.AckPath;
import dev.sluice.gateway.deliveries.PullPath;
import dev.sluice.gateway.deliveries.ReceivePath;
import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.PeerAnswers;
import dev.sluice.gateway.upstreams.Peers;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.gateway.upstreams.Upstreams;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import java.util.List;

/**
 * The core of one gateway instance, independent of protocols and message systems. Closing it stops
 * accepting, waits for what is under way, hands back what streams hold, and closes the upstreams.
 * Safe for use by any thread.
 */
public interface Gateway extends BoundedCloseable {

  /**
   * What a gateway is made of; all of it outlives the gateway.
   *
   * @param settings the settings
   * @param loops where it runs
   * @param backends each with a scheme of its own
   * @param ledger counts everything open
   * @param clock tells the time
   * @param sealer seals ids and handles
   * @param endpoints where callers may go
   * @param metrics counts what happens
   * @param peers the other instances
   */
  record Parts(
      GatewaySettings settings,
      Loops loops,
      List<Backend> backends,
      Ledger ledger,
      Clock clock,
      Sealer sealer,
      EndpointAllowList endpoints,
      GatewayMetrics metrics,
      Peers peers) {
    public Parts {
      backends = List.copyOf(backends);
    }

    /** Those of a gateway that stands alone. */
    public Parts(
        GatewaySettings settings,
        Loops loops,
        List<Backend> backends,
        Ledger ledger,
        Clock clock,
        Sealer sealer,
        EndpointAllowList endpoints) {
      this(
          settings,
          loops,
          backends,
          ledger,
          clock,
          sealer,
          endpoints,
          new GatewayMetrics(),
          Peers.none());
    }
  }

  /** Makes a gateway that has nothing open yet. */
  static Gateway create(Parts parts) {
    return new CoreGateway(parts);
  }

  /** Starts its periodic checks. Before this and after closing, nothing is accepted. */
  void start();

  /** Whether it accepts: started, and not closing. */
  boolean accepting();

  /**
   * Opens the scope of a connection; whoever opens it closes it when the connection ends.
   *
   * @param peer where the caller is, for people
   * @param sessions how many producers and consumers it may have
   */
  ConnectionScope openConnection(String peer, Quota sessions);

  /** The same for one that may have any number. */
  default ConnectionScope openConnection(String peer) {
    return openConnection(peer, Quota.UNLIMITED);
  }

  /** Producers and consumers. */
  Sessions sessions();

  /** The way of messages to the message system. */
  SendPath sends();

  /** Messages that are stored first and delivered when they are committed. */
  TransactionPath transactions();

  /** Single receives. */
  ReceivePath receives();

  /** Reads of queues from offsets on. */
  PullPath pulls();

  /** Acknowledgements. */
  AckPath acks();

  /** Answers other instances. */
  PeerAnswers answers();

  /** The shared upstreams, for frontends whose callers have no sessions and for readiness. */
  Upstreams upstreams();

  /** Where callers may go. */
  EndpointAllowList endpoints();

  /** What happened so far. */
  GatewayMetrics metrics();

  /** Tells the time. */
  Clock clock();

  /** What it was made with. */
  GatewaySettings settings();
}
