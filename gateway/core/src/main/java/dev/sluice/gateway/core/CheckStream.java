package dev.sluice.gateway.core;

/** An open stream of checks. Safe for use by any thread. */
public interface CheckStream extends AutoCloseable {

  /** The sink is ready again. Cheap where nothing changed. */
  void resume();

  /** Ends the stream; what waited is asked again by the message system. Idempotent. */
  @Override
  void close();
}
