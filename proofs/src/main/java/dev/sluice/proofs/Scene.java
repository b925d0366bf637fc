package dev.sluice.proofs;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import dev.sluice.testkit.Seeds;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where careless clients live: the gateway's port, the topic and the groups that they use, and when
 * it is over.
 *
 * @param port the gateway's gRPC
 * @param topic what careless producers send to
 * @param groups what careless consumers join, with what each group has got
 * @param sent what careless producers sent
 * @param over counted down when all must end
 */
record Scene(
    int port,
    EventLoopGroup loops,
    String topic,
    Map<String, Arrivals> groups,
    Sent sent,
    Ledger ledger,
    CountDownLatch over) {

  /** A new connection straight to the gateway. */
  Caller call() {
    return Caller.to(port, loops);
  }

  /** A new connection over a network that can break. */
  Caller callOver(FaultyNetwork network) {
    return Caller.to(network.port(), loops);
  }

  FaultyNetwork network() throws IOException {
    return FaultyNetwork.start(
        ledger, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  String anyGroup(Seeds seeds) {
    return seeds.pick(List.copyOf(groups.keySet()));
  }

  /** What the group has got. */
  Arrivals of(String group) {
    Arrivals arrivals = groups.get(group);
    if (arrivals == null) {
      throw new IllegalArgumentException("group: " + group + " (expected: one of the scene's)");
    }
    return arrivals;
  }

  /** Lets time pass, or less of it where all must end. */
  void pause(Duration time) throws InterruptedException {
    var _ = over.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
