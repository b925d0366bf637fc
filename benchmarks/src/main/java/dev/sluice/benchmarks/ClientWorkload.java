package dev.sluice.benchmarks;

import java.util.EnumSet;
import java.util.List;

/** A workload of clients, straight to the broker. */
interface ClientWorkload extends Workload<Client> {

  /** Whom to measure. */
  List<Client> clients();

  @Override
  default String levelName() {
    return "in flight";
  }

  @Override
  default String partyName() {
    return "client";
  }

  @Override
  default List<Client> parties(RunOptions options) {
    return clients();
  }

  @Override
  default List<Ratio<Client>> ratios() {
    return Client.ratios(EnumSet.copyOf(clients()));
  }
}
