package dev.sluice.proofs;

import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.function.LongSupplier;

/** Looks at one gateway from outside. For one thread. */
final class Observer {

  private final GatewayProcess gateway;
  private final BrokerViews broker;
  private final Collection<String> consumerGroups;
  private final LongSupplier sent;
  private final LongSupplier received;
  private final long begin = System.nanoTime();
  private LiveObjects live = LiveObjects.NONE;
  private Sample.Slow slow = new Sample.Slow(0, 0, 0);

  /** Of a gateway that runs; groups are those whose members are counted. */
  Observer(
      GatewayProcess gateway,
      BrokerViews broker,
      Collection<String> consumerGroups,
      LongSupplier sent,
      LongSupplier received) {
    this.gateway = gateway;
    this.broker = broker;
    this.consumerGroups = consumerGroups;
    this.sent = sent;
    this.received = received;
  }

  /** Looks at everything, the heap after a collection among it. */
  Sample thoroughly() throws IOException, InterruptedException {
    live = LiveObjects.of(gateway.pid());
    slow = new Sample.Slow(live.bytes(), broker.consumers(consumerGroups), broker.producers());
    return quickly();
  }

  /** Looks at what can be seen without disturbing the gateway. */
  Sample quickly() throws IOException, InterruptedException {
    return new Sample(
        (System.nanoTime() - begin) / 1e9,
        ProcessFigures.of(gateway.pid(), Set.of(gateway.grpcPort(), gateway.httpPort())),
        slow,
        GatewayMetricsPage.of(gateway),
        sent.getAsLong(),
        received.getAsLong());
  }

  /** What the heap held when it was last looked at thoroughly. */
  LiveObjects live() {
    return live;
  }
}
