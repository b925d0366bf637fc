package dev.sluice.eventbus.memory;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.MemoryOptions;
import dev.sluice.eventbus.core.EventBusContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;

/** The bus in memory keeps the contract of all buses. */
class MemoryBusTest extends EventBusContract {

  private static final MemoryCluster CLUSTER = MemoryCluster.create(3, 100_000, 64L << 20);

  @Override
  protected Transport transport(BusOptions options, String member, Ledger ledger) {
    return MemoryTransport.create(MemoryOptions.of(options).member(member, CLUSTER), ledger);
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }

  @Override
  protected int cycles() {
    return 200;
  }

  @Override
  protected boolean canCutOff() {
    return true;
  }

  @Override
  protected void cutOff(Member member) {
    CLUSTER.cutOff(member.group(), member.name());
  }

  @Override
  protected void letBack(Member member) {
    CLUSTER.letBack(member.group(), member.name());
  }
}
