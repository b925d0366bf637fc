package dev.sluice.gateway.server;

import dev.sluice.gateway.spi.Backend;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.EventLoops;
import java.util.Optional;

/** What stands behind the gateway: a backend, and the broker to run where none is configured. */
interface MessageSystem {

  /** The scheme of its endpoints. */
  String scheme();

  /**
   * The backend; connects to nothing by itself.
   *
   * @param terms what holds for its brokers
   */
  Backend backend(EventLoops loops, Ledger ledger, Clock clock, BrokerTerms terms);

  /**
   * The upstream to use, after starting a broker where none is configured. Blocks for as long as
   * that takes.
   *
   * @throws StartException where it cannot be started
   */
  Running start(Settings settings, Ledger ledger);

  /**
   * A message system that can be connected to.
   *
   * @param address where
   * @param description what it is, for people; may be empty
   * @param owned what is to be closed last, where it was started here
   */
  record Running(String address, String description, Optional<BoundedCloseable> owned) {}
}
