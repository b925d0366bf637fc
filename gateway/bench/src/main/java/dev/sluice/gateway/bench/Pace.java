package dev.sluice.gateway.bench;

/** What decides when the next message is due. */
public sealed interface Pace {
  /**
   * So many messages are under way at any time: the end of one begins the next. A slow gateway is
   * asked less, so latencies leave out what callers would have waited who do not hold back.
   *
   * @param messages 1 or more
   */
  record InFlight(int messages) implements Pace {}

  /**
   * A message is due at equal intervals, whatever the gateway does. Latencies begin when it is due,
   * so that they tell of waiting too.
   *
   * @param perSecond more than 0
   */
  record Rate(double perSecond) implements Pace {}
}
