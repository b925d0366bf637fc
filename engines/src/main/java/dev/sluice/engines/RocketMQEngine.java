package dev.sluice.engines;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tracked;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

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

  private static final Duration STOP_TIME = Duration.ofSeconds(5);

  private final EngineStart starter;
  private final HostSettings settings;
  private final ReentrantLock restarting = new ReentrantLock();
  private final BoundedCloseable closing;
  private volatile ChildProcess child;
  private volatile boolean closed;
  private volatile @Nullable Tracked tracked;

  private RocketMQEngine(EngineStart starter, EngineStart.Running running) {
    this.starter = starter;
    this.settings = running.settings();
    this.child = running.child();
    this.closing =
        StagedClose.named("engine " + nameServerAddress())
            .stage("stop", 0.8, deadline -> child.stop())
            .stage("kill", deadline -> child.kill())
            .action("ledger", this::leaveLedger)
            .build();
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
    engine.tracked =
        options.ledger().track(LEDGER_KIND, "rocketmq " + engine.nameServerAddress(), engine);
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
    return child.pid();
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return child.isAlive();
  }

  /** Completes when the present process has ended, whoever ended it. Not the next one's end. */
  public CompletionStage<EngineExit> onExit() {
    return child.exit().minimalCompletionStage();
  }

  /** Kills the process as a crash would, and completes when it has ended. */
  public CompletionStage<EngineExit> kill() {
    return child.kill();
  }

  /**
   * Stops the process if it runs, and starts another one on the same ports and data. Blocks.
   *
   * @throws EngineException if it cannot be started; the engine is then down, and may be restarted
   * @throws IllegalStateException if the engine is closed
   */
  public void restart() {
    restarting.lock();
    try {
      checkOpen();
      ChildProcess old = child;
      old.stop();
      old.exit()
          .copy()
          .orTimeout(STOP_TIME.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionallyCompose(late -> old.kill().toCompletableFuture())
          .join();
      child = starter.again(settings);
      if (closed) {
        // Closed meanwhile, and the close saw only the old process.
        child.kill();
      }
      checkOpen();
    } finally {
      restarting.unlock();
    }
  }

  /**
   * Stops the process in order, and kills it if it still runs after four fifths of the time. A stop
   * takes about 0.3 s, 3 s at most.
   */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    closed = true;
    return closing.closeAsync(deadline);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("engine " + nameServerAddress() + " is closed");
    }
  }

  private void leaveLedger() {
    Tracked entry = tracked;
    if (entry != null) {
      entry.close();
    }
  }

  @Override
  public String toString() {
    return "RocketMQEngine[%s, broker %s, pid %d, %s]"
        .formatted(nameServerAddress(), brokerAddress(), pid(), settings.dataDirectory());
  }
}
