package dev.sluice.engines;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/**
 * A RocketMQ name server and broker in one child process, on loopback only.
 *
 * <p>The process ends when this one does, by whatever signal. Messages and offsets are kept in the
 * data directory over restarts; what the broker acknowledged also outlives a kill of its process,
 * though not a crash of the machine within the last half second. One daemon thread reads the
 * process's output. Safe for use by any thread.
 */
public final class RocketMQEngine implements BoundedCloseable {
  /** What the ledger counts it as. */
  public static final String LEDGER_KIND = "child process";

  private final HostSettings settings;
  private final EngineProcess process;
  private final BoundedCloseable closing;

  private RocketMQEngine(EngineStart starter, EngineStart.Running running) {
    this.settings = running.settings();
    String name = "engine " + nameServerAddress();
    this.process = new EngineProcess(name, running.child(), () -> starter.again(settings));
    this.closing =
        process.addEnd(StagedClose.named(name)).action("ledger", process::leaveLedger).build();
  }

  /** Options for an engine with its data in the given directory. */
  public static RocketMQEngineOptions.Builder in(Path dataDirectory) {
    return new RocketMQEngineOptions.Builder(dataDirectory);
  }

  /**
   * Starts an engine and waits until its broker is registered and both servers answer. Blocks.
   *
   * @throws EngineException if it cannot be started; nothing is left running then
   */
  public static RocketMQEngine start(RocketMQEngineOptions options) {
    EngineStart starter = new EngineStart(options, true);
    RocketMQEngine engine = new RocketMQEngine(starter, starter.first());
    engine.process.enter(options.ledger(), "rocketmq " + engine.nameServerAddress(), engine);
    return engine;
  }

  /** Where clients look up brokers, {@code 127.0.0.1:port}. */
  public String nameServerAddress() {
    return HostFiles.LOOPBACK + ":" + settings.nameServerPort();
  }

  /** Where the broker listens, {@code 127.0.0.1:port}. */
  public String brokerAddress() {
    return HostFiles.LOOPBACK + ":" + settings.brokerPort();
  }

  /** The process, which a restart changes. */
  public long pid() {
    return process.child().pid();
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return process.child().isAlive();
  }

  /** Completes when the present process has ended, whoever ended it. Not the next one's end. */
  public CompletionStage<EngineExit> onExit() {
    return process.child().exit().minimalCompletionStage();
  }

  /** Kills the process as a crash would, and completes when it has ended. */
  public CompletionStage<EngineExit> kill() {
    return process.child().kill();
  }

  /**
   * Stops the process if it runs, and starts another one on the same ports and data. Blocks.
   *
   * @throws EngineException if it cannot be started; the engine is then down, and may be restarted
   * @throws IllegalStateException if the engine is closed
   */
  public void restart() {
    process.restart();
  }

  /**
   * Stops the process in order, and kills it if it still runs after four fifths of the time. A stop
   * takes about 0.3 s, 3 s at most.
   */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    process.refuseRestarts();
    return closing.closeAsync(deadline);
  }

  @Override
  public String toString() {
    return "RocketMQEngine[%s, broker %s, pid %d, %s]"
        .formatted(nameServerAddress(), brokerAddress(), pid(), settings.dataDirectory());
  }
}
