package dev.sluice.gateway.access;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.upstreams.Caller;
import io.grpc.Metadata;

/** Finds out who makes a call. Asked on event loops: never blocks; safe for use by any thread. */
public interface Authenticator {

  /** Lets everyone in, as nobody in particular. */
  Authenticator EVERYONE =
      new Authenticator() {
        @Override
        public Caller authenticate(Metadata headers) {
          return Caller.ANYONE;
        }

        @Override
        public boolean accepts(Caller caller) {
          return true;
        }
      };

  /**
   * Lets nobody in.
   *
   * @param why told to all who try
   */
  static Authenticator nobody(String why) {
    return new Authenticator() {
      @Override
      public Caller authenticate(Metadata headers) {
        throw new GatewayException(ErrorCategory.UNAUTHENTICATED, Subject.NONE, why);
      }

      @Override
      public boolean accepts(Caller caller) {
        return false;
      }
    };
  }

  /**
   * Who makes the call with these headers.
   *
   * @throws dev.sluice.gateway.spi.GatewayException with {@code UNAUTHENTICATED} where that cannot
   *     be told
   */
  Caller authenticate(Metadata headers);

  /** Whether somebody that was let in before still would be. */
  boolean accepts(Caller caller);
}
