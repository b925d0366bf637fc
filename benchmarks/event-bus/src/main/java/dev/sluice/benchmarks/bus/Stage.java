package dev.sluice.benchmarks.bus;

import dev.sluice.benchmarks.machine.MachineFacts;
import dev.sluice.engines.KafkaEngine;
import dev.sluice.engines.NatsEngine;
import dev.sluice.engines.NatsEngineOptions;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.WorkFolder;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What one run stands on: real brokers, each started when it is needed. For one thread. */
final class Stage implements AutoCloseable {

  private static final int BROKER_HEAP_MEGABYTES = 512;
  private static final Duration CLOSE_TIME = Duration.ofSeconds(10);

  private final RunOptions options;
  private final WorkFolder work;
  private final String facts;
  private final List<BoundedCloseable> engines = new ArrayList<>();
  private final Map<TrafficOptions.Over, String> addresses =
      new EnumMap<>(TrafficOptions.Over.class);
  private int numbered;

  private Stage(RunOptions options, WorkFolder work) throws IOException {
    this.options = options;
    this.work = work;
    this.facts = MachineFacts.line();
  }

  static Stage open(RunOptions options) throws IOException {
    if (options.out != null) {
      Files.createDirectories(options.out);
    }
    return new Stage(options, WorkFolder.create("sluice-bus"));
  }

  /** This repository. */
  Path root() {
    return options.root;
  }

  /** Options of each load's JVM. */
  List<String> jvm() {
    return options.jvm;
  }

  /** A folder for the files of this run. */
  Path work() {
    return work.path();
  }

  /** The machine, and how busy it was before the run. */
  String facts() {
    return facts;
  }

  /** A name that this run has not used, and no other run either. */
  String freshName(String kind) {
    return kind + "-" + Long.toString(System.nanoTime(), 36) + "-" + numbered++;
  }

  /** Where a broker is; empty for memory. It is started at the first time that it is asked for. */
  String address(TrafficOptions.Over over) {
    String known = addresses.get(over);
    if (known == null) {
      known = start(over);
      addresses.put(over, known);
    }
    return known;
  }

  private String start(TrafficOptions.Over over) {
    Path data = work.path().resolve(over.name());
    return switch (over) {
      case MEMORY -> "";
      case KAFKA ->
          add(KafkaEngine.in(data)
                  .libDirectory(root().resolve("engines/kafka/target/lib"))
                  .heapMegabytes(BROKER_HEAP_MEGABYTES)
                  .start())
              .bootstrapServers();
      case NATS -> add(NatsEngine.start(NatsEngineOptions.in(data))).url();
      case ROCKETMQ ->
          add(RocketMQEngine.in(data)
                  .libDirectory(root().resolve("engines/rocketmq-5/target/lib"))
                  .heapMegabytes(BROKER_HEAP_MEGABYTES)
                  .start())
              .nameServerAddress();
    };
  }

  private <E extends BoundedCloseable> E add(E engine) {
    engines.add(engine);
    return engine;
  }

  /** Keeps a picture, where there is a folder for it. */
  void keep(String name, Bars picture) throws IOException {
    Path folder = options.out;
    if (folder != null) {
      Files.writeString(folder.resolve(name), picture.svg());
    }
  }

  @Override
  public void close() {
    for (BoundedCloseable engine : engines.reversed()) {
      var _ = engine.close(Deadline.after(CLOSE_TIME));
    }
    work.close();
  }
}
