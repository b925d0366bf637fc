package dev.sluice.gateway.groups;

import dev.sluice.gateway.upstreams.Peer;
import java.util.Optional;

/** How instances name themselves among a group's members: {@code <address>#<number>}. */
final class PeerName {

  private PeerName() {}

  static String of(Peer peer) {
    return peer.address() + "#" + Long.toHexString(peer.instance());
  }

  /** The peer, where the name is one. */
  static Optional<Peer> parse(String name) {
    int mark = name.lastIndexOf('#');
    if (mark < 0) {
      return Optional.empty();
    }
    try {
      long instance = Long.parseUnsignedLong(name, mark + 1, name.length(), 16);
      return Optional.of(new Peer(instance, name.substring(0, mark)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
