package dev.sluice.gateway.frontend.proxy;

/** Tells what {@code HealthCheck} answers. Asked on event loops: must not block and not throw. */
@FunctionalInterface
public interface HealthProbe {

  /** How things stand now. */
  Health health();

  /**
   * The gateway's health.
   *
   * @param healthy whether messages can be sent and received
   * @param message what is wrong, or that nothing is; for people
   */
  record Health(boolean healthy, String message) {}
}
