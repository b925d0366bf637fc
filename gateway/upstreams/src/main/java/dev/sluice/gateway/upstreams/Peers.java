package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import java.security.SecureRandom;

/** The other instances of one gateway, and this one among them. Safe for use by any thread. */
public interface Peers {

  /** This instance. Its address is empty until it is known, shortly after the start. */
  Peer self();

  /**
   * Asks another instance; the completion runs on the calling loop.
   *
   * <p>Fails soon, with {@link ErrorCategory#UNAVAILABLE} where it is out of reach or silent,
   * {@link ErrorCategory#NOT_FOUND} where it is gone for good, {@link ErrorCategory#UNSUPPORTED}
   * where it does not know such questions, {@link ErrorCategory#OVERLOADED} where too much is being
   * asked, and with what it answered otherwise. Where it was silent it may have understood and done
   * what it was asked.
   *
   * @param peer not this instance
   */
  <A extends PeerAnswer> void ask(Peer peer, PeerQuestion<A> question, Completion<A> completion);

  /** One that knows nobody. */
  static Peers none() {
    var self = new Peer(newInstance(), "");
    return new Peers() {
      @Override
      public Peer self() {
        return self;
      }

      @Override
      public <A extends PeerAnswer> void ask(
          Peer peer, PeerQuestion<A> question, Completion<A> completion) {
        completion.failed(gone(peer));
      }
    };
  }

  /** A number for an instance that begins. */
  static long newInstance() {
    return new SecureRandom().nextLong() | 1;
  }

  /** What is told of an instance that is not there any more. */
  static GatewayException gone(Peer peer) {
    return GatewayException.notFound(
        Subject.NONE, "peer: " + peer.address() + " is no longer the instance that was meant");
  }
}
