package dev.sluice.proofs;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/**
 * A broker and its name server with a network before each, and processes with members of the
 * groups. All of it can be killed, frozen and started again. For one thread.
 */
final class LibraryCluster implements AutoCloseable {

  static final String TOPIC = "library-chaos";
  static final int PROCESSES = 2;

  /** The broker says that it is here, where its network is. */
  private static final String OUTSIDE = "127.0.0.2";

  /**
   * As a broker would wait a minute for a member that was killed, and so would whoever looks on.
   */
  private static final String LOCK_TIME = "-Drocketmq.broker.rebalance.lockMaxLiveTime=20000";

  private final Ledger ledger = Ledger.create();
  private final RocketMQEngine engine;
  private final FaultyNetwork names;
  private final FaultyNetwork network;
  private final BiConsumer<LibraryMember.Group, String> consumed;
  private final LibraryProcess[] processes = new LibraryProcess[PROCESSES];
  private int started;

  /** Starts it, without processes. */
  LibraryCluster(
      RocketMQVersion version,
      Path root,
      Path work,
      BiConsumer<LibraryMember.Group, String> consumed)
      throws IOException {
    this.consumed = consumed;
    this.engine =
        RocketMQEngine.in(work.resolve("broker"))
            .version(version)
            .libDirectory(root.resolve("engines").resolve(module(version)).resolve("target/lib"))
            .quickStart()
            .jvmOptions(LOCK_TIME)
            .brokerSetting("brokerIP1", OUTSIDE)
            .brokerSetting("defaultTopicQueueNums", "8")
            .ledger(ledger)
            .start();
    this.names = FaultyNetwork.start(ledger, address(engine.nameServerAddress()));
    InetSocketAddress inside = address(engine.brokerAddress());
    this.network =
        FaultyNetwork.start(ledger, new InetSocketAddress(OUTSIDE, inside.getPort()), inside);
  }

  private static String module(RocketMQVersion version) {
    return switch (version) {
      case V4 -> "rocketmq-4";
      case V5 -> "rocketmq-5";
    };
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

  FaultyNetwork names() {
    return names;
  }

  FaultyNetwork network() {
    return network;
  }

  RocketMQEngine engine() {
    return engine;
  }

  LibraryProcess process(int number) {
    return processes[number];
  }

  void startProcess(int number) throws IOException {
    processes[number] =
        LibraryProcess.start(nameServers(), TOPIC, "process-" + number + '-' + started++, consumed);
  }

  @Override
  public void close() {
    for (LibraryProcess each : processes) {
      if (each != null) {
        each.close();
      }
    }
    names.close();
    network.close();
    engine.close();
    if (!ledger.isEmpty()) {
      throw new IllegalStateException("left open by the cluster: " + ledger);
    }
  }
}
