package dev.sluice.benchmarks;

import java.util.List;
import java.util.Set;

/** A workload of servers. */
interface ServerWorkload extends Workload<Peer> {

  /** Who can serve it. */
  Set<Peer> peers();

  @Override
  default String partyName() {
    return "server";
  }

  @Override
  default List<Peer> parties(RunOptions options) {
    return options.peers.stream().filter(peers()::contains).toList();
  }

  @Override
  default List<Ratio<Peer>> ratios() {
    return List.of(new Ratio<>(Peer.SLUICE, Peer.APACHE), new Ratio<>(Peer.SLUICE, Peer.FLOOR));
  }
}
