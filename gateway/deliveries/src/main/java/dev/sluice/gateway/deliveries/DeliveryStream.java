package dev.sluice.gateway.deliveries;

/** An open stream of deliveries. Safe for use by any thread. */
public interface DeliveryStream extends AutoCloseable {

  /** The sink is ready again. Cheap where nothing changed. */
  void resume();

  /**
   * Ends the stream and hands its unacknowledged deliveries back, so that they come again soon.
   * Idempotent, never blocks. {@link DeliverySink#ended} is not called for it.
   */
  @Override
  void close();
}
