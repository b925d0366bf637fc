package dev.sluice.proofs;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import dev.sluice.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Two gateways that stand for each other, before one broker, each with a network before it that can
 * break. Everything can be killed, frozen and started again, on the same ports. For one thread.
 */
final class Cluster implements AutoCloseable {

  /** How many gateways there are. */
  static final int GATEWAYS = 2;

  private final Path root;
  private final Path work;
  private final Map<String, String> settings;
  private final RocketMQEngine broker;
  private final Ledger ledger;
  private final List<Integer> ports = new ArrayList<>();
  private final List<FaultyNetwork> networks = new ArrayList<>();
  private final GatewayProcess[] gateways = new GatewayProcess[GATEWAYS];

  private Cluster(
      Path root, Path work, Map<String, String> settings, RocketMQEngine broker, Ledger ledger) {
    this.root = root;
    this.work = work;
    this.settings = settings;
    this.broker = broker;
    this.ledger = ledger;
  }

  /** Starts all of it, with its files in the work folder. */
  static Cluster start(Path root, Path work, Ledger ledger)
      throws IOException, InterruptedException {
    RocketMQEngine broker =
        RocketMQEngine.start(
            RocketMQEngine.in(work.resolve("broker"))
                .libDirectory(root.resolve("engines/rocketmq-5/target/lib"))
                .build());
    var key = new byte[32];
    new Random().nextBytes(key);
    var cluster =
        new Cluster(
            root,
            work,
            Map.of(
                "UPSTREAM", broker.nameServerAddress(),
                "CLUSTER_KEY", HexFormat.of().formatHex(key)),
            broker,
            ledger);
    try {
      for (int i = 0; i < GATEWAYS; i++) {
        int port = FreePort.ofLoopback();
        cluster.ports.add(port);
        cluster.networks.add(
            FaultyNetwork.start(
                ledger, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        cluster.startGateway(i);
      }
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Where clients find a gateway, over its network. */
  int port(int gateway) {
    return networks.get(gateway).port();
  }

  /** Where a gateway listens itself. */
  int directPort(int gateway) {
    return ports.get(gateway);
  }

  FaultyNetwork network(int gateway) {
    return networks.get(gateway);
  }

  GatewayProcess gateway(int number) {
    return gateways[number];
  }

  void startGateway(int number) throws IOException, InterruptedException {
    var own = new java.util.HashMap<>(settings);
    own.put("GRPC_PORT", Integer.toString(ports.get(number)));
    own.put("DATA_DIR", work.resolve("gateway-" + number).toString());
    gateways[number] =
        GatewayProcess.start(
            root, own, work.resolve("gateway-" + number + "-" + System.nanoTime() + ".log"));
  }

  void killGateway(int number) throws InterruptedException {
    gateways[number].kill();
    gateways[number].close();
  }

  /** Asks it to end, as an update would. */
  void stopGateway(int number) {
    gateways[number].close();
  }

  void killBroker() {
    broker.kill().toCompletableFuture().join();
  }

  void startBroker() {
    broker.restart();
  }

  /** Lets a process neither run nor die: its connections stay open and are silent. */
  void freeze(long pid) throws IOException, InterruptedException {
    Signals.send("-STOP", pid);
  }

  /** Ends {@link #freeze}. */
  void thaw(long pid) throws IOException, InterruptedException {
    Signals.send("-CONT", pid);
  }

  long brokerPid() {
    return broker.pid();
  }

  @Override
  public void close() {
    for (GatewayProcess gateway : gateways) {
      if (gateway != null) {
        gateway.close();
      }
    }
    networks.forEach(FaultyNetwork::close);
    broker.close();
    if (!ledger.isEmpty()) {
      throw new IllegalStateException("left open by the networks: " + ledger);
    }
  }
}
