package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Credentials;
import java.util.Optional;

/**
 * Who makes calls, as authentication found out, and how much it may have. Compared by identity.
 * Safe for use by any thread.
 */
public interface Caller {

  /** Everyone where nobody is asked who they are: has no name, and may have anything. */
  Caller ANYONE =
      new Caller() {
        @Override
        public String name() {
          return "";
        }

        @Override
        public Quota sessions() {
          return Quota.UNLIMITED;
        }

        @Override
        public Quota streams() {
          return Quota.UNLIMITED;
        }

        @Override
        public void charge(int requests) {}

        @Override
        public String toString() {
          return "Caller[anyone]";
        }
      };

  /** What ids made for it are bound to; empty for {@link #ANYONE} alone. */
  String name();

  /** Its producers and consumers, on all connections. */
  Quota sessions();

  /** Its open streams, on all connections. */
  Quota streams();

  /**
   * Counts requests. Each call is charged as one before it is served; a call that carries several
   * messages is charged for the others by whoever serves it.
   *
   * @param requests 0 or more
   * @throws dev.sluice.gateway.spi.GatewayException with {@code OVERLOADED} where that were more
   *     than it may make now; then none of them is counted
   */
  void charge(int requests);

  /** What it may do with topics and groups, at the moment. */
  default Rights rights() {
    return Rights.ALL;
  }

  /**
   * What its calls go to the message system under; empty for those of the gateway. Not the same for
   * ever: a secret may follow another.
   */
  default Optional<Credentials> credentials() {
    return Optional.empty();
  }
}
