package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * A cluster of the test's own, with a network before its name server and, on 5.x, one before its
 * broker, which tells clients the address of that.
 */
final class FaultyCluster implements AutoCloseable {
  private static final String OUTSIDE = "127.0.0.2";

  final Ledger ledger = Ledger.create();
  final RocketMQEngine engine;
  final FaultyNetwork names;
  final FaultyNetwork broker;

  FaultyCluster(Path data) throws IOException {
    engine =
        RocketMQEngine.in(data)
            .version(RocketMQVersion.V5)
            .quickStart()
            .ledger(ledger)
            .brokerSetting("brokerIP1", OUTSIDE)
            .start();
    names = FaultyNetwork.start(ledger, address(engine.nameServerAddress()));
    InetSocketAddress inside = address(engine.brokerAddress());
    broker = FaultyNetwork.start(ledger, new InetSocketAddress(OUTSIDE, inside.getPort()), inside);
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /** Where clients find the cluster. */
  String nameServers() {
    return "127.0.0.1:" + names.port();
  }

  /** Nothing is reached by this network, and what was connected is not. */
  static void takeAway(FaultyNetwork network) {
    network.refuse();
    network.cut();
  }

  @Override
  public void close() {
    names.close();
    broker.close();
    engine.close();
    if (!ledger.isEmpty()) {
      throw new IllegalStateException("left open: " + ledger);
    }
  }
}
