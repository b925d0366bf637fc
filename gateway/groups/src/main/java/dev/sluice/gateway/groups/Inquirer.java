package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.Stand;
import java.util.List;

/** Asks other instances where they stand. Safe for use by any thread. */
interface Inquirer {

  /** Who asks. */
  Peer self();

  /**
   * Tells where a party stands, and asks for the stands of all of the peer's parties. Fails soon
   * where the peer is out of reach, silent or gone.
   */
  void ask(Peer peer, GroupTopic key, Stand asker, Completion<List<Stand>> completion);
}
