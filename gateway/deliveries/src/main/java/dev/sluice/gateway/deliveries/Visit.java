package dev.sluice.gateway.deliveries;

/** A single receive as its group's party sees it. */
interface Visit {

  /** One that nobody counts. */
  Visit NONE = () -> {};

  /** The receive has ended; called once. */
  void end();
}
