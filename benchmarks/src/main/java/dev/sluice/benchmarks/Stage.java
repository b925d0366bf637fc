package dev.sluice.benchmarks;

import dev.sluice.benchmarks.servers.BrokerSetup;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.WorkFolder;
import dev.sluice.rocketmq.remoting.TopicSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What one run stands on: a broker, and the servers before it, each started when it is needed. */
final class Stage implements AutoCloseable {

  private final RunOptions options;
  private final WorkFolder work;
  private final @Nullable RocketMQEngine engine;
  private final String nameServer;
  private final BrokerSetup setup;
  private final Map<Peer, Peer.Running> running = new EnumMap<>(Peer.class);
  private int numbered;

  private Stage(
      RunOptions options, WorkFolder work, @Nullable RocketMQEngine engine, String nameServer) {
    this.options = options;
    this.work = work;
    this.engine = engine;
    this.nameServer = nameServer;
    this.setup = BrokerSetup.before(nameServer);
  }

  /** Starts a broker, or takes the one behind {@code --upstream}. */
  static Stage open(RunOptions options) throws IOException {
    WorkFolder work = WorkFolder.create("sluice-compare");
    if (!options.upstream.isEmpty()) {
      return new Stage(options, work, null, options.upstream);
    }
    RocketMQEngine engine =
        RocketMQEngine.start(
            RocketMQEngine.in(work.path().resolve("broker"))
                .libDirectory(options.root.resolve("engines/rocketmq-5/target/lib"))
                .heapMegabytes(1024)
                .build());
    return new Stage(options, work, engine, engine.nameServerAddress());
  }

  RunOptions options() {
    return options;
  }

  /** This repository. */
  Path root() {
    return options.root;
  }

  /** A folder for the files of this run. */
  Path work() {
    return work.path();
  }

  String nameServer() {
    return nameServer;
  }

  /** The broker's process where this run has started it; its name server is in it. */
  OptionalLong brokerPid() {
    return engine == null ? OptionalLong.empty() : OptionalLong.of(engine.pid());
  }

  BrokerSetup setup() {
    return setup;
  }

  /** A name that this run has not used, and no other run either. */
  String freshName(String kind) {
    return "compare-" + kind + "-" + Long.toString(System.nanoTime(), 36) + "-" + numbered++;
  }

  /** A topic for normal messages that no run has used. */
  String freshTopic(String kind, int queues) {
    String topic = freshName(kind);
    setup.topic(topic, queues, TopicSpec.MessageType.NORMAL);
    return topic;
  }

  /** The server of a peer, started at the first time that it is asked for. */
  Peer.Running server(Peer peer) throws IOException, InterruptedException {
    Peer.Running known = running.get(peer);
    if (known == null) {
      known = peer.start(this);
      running.put(peer, known);
    }
    return known;
  }

  @Override
  public void close() {
    running.values().forEach(Peer.Running::close);
    setup.close();
    if (engine != null) {
      engine.close();
    }
    work.close();
  }
}
