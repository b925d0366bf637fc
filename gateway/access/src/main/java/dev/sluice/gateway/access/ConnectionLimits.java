package dev.sluice.gateway.access;

/**
 * How much callers may have of connections, and of what is in them. All at least 1.
 *
 * @param connections in all
 * @param perAddress from one address; of IPv6, from one network of 64 bits
 * @param streams of one connection: calls that stay open, such as receiving
 * @param sessions of one connection: producers and consumers
 */
public record ConnectionLimits(int connections, int perAddress, int streams, int sessions) {

  /** How many are accepted so that those a little too many still get an answer that says so. */
  int acceptedInAll() {
    return withMargin(connections);
  }

  /** The same for one address. */
  int acceptedPerAddress() {
    return withMargin(perAddress);
  }

  private static int withMargin(int limit) {
    return (int) Math.min(Integer.MAX_VALUE, limit + Math.max(16L, limit / 10));
  }
}
