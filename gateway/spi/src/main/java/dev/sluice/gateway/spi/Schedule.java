package dev.sluice.gateway.spi;

/** When a message is to be delivered. */
public sealed interface Schedule {

  /** At once. */
  Schedule NOW = new Now();

  /** At once. */
  record Now() implements Schedule {}

  /**
   * After one of the message system's fixed delays.
   *
   * @param level 1 to 18
   */
  record Level(int level) implements Schedule {}

  /**
   * At a point in time.
   *
   * @param epochMillis milliseconds since the epoch
   */
  record At(long epochMillis) implements Schedule {}
}
