package dev.sluice.engines;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tracked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A broker of Kafka 4 that is its own controller (KRaft) in a child process, on loopback only.
 *
 * <p>The process ends when this one does, by whatever signal, also while it is frozen. Topics and
 * offsets are kept in the data directory over restarts; what the broker acknowledged also outlives
 * a kill of its process. One daemon thread reads the process's output. Safe for use by any thread.
 */
public final class KafkaEngine implements BoundedCloseable {
  private static final Duration STOP_TIME = Duration.ofSeconds(5);

  private static final String FREEZER =
      "kill -STOP $0; until grep -q '^State:.*T' /proc/$0/status; do [ -d /proc/$0 ] || exit; sleep"
          + " 0.01; done; echo frozen; read end; kill -CONT $0";

  private final KafkaStart starter;
  private final KafkaEngineOptions options;
  private final ReentrantLock changing = new ReentrantLock();
  private final BoundedCloseable closing;
  private volatile KafkaStart.Running running;
  private volatile boolean closed;
  private volatile @Nullable Process freezer;
  private volatile @Nullable Tracked tracked;

  private KafkaEngine(KafkaEngineOptions options, KafkaStart starter, KafkaStart.Running running) {
    this.options = options;
    this.starter = starter;
    this.running = running;
    this.closing =
        StagedClose.named("engine " + bootstrapServers())
            .action("thaw", this::thaw)
            .stage("stop", 0.8, deadline -> child().stop())
            .stage("kill", deadline -> child().kill())
            .action("ledger", this::leaveLedger)
            .build();
  }

  /** Options for an engine with its data in the given directory. */
  public static KafkaEngineOptions.Builder in(Path dataDirectory) {
    return new KafkaEngineOptions.Builder(dataDirectory);
  }

  /**
   * Starts an engine and waits until its broker serves. Blocks.
   *
   * @throws EngineException if it cannot be started; nothing is left running then
   */
  public static KafkaEngine start(KafkaEngineOptions options) {
    KafkaStart starter = new KafkaStart(options);
    KafkaEngine engine = new KafkaEngine(options, starter, starter.first());
    engine.tracked =
        options
            .ledger()
            .track(RocketMQEngine.LEDGER_KIND, "kafka " + engine.bootstrapServers(), engine);
    return engine;
  }

  /** Where clients begin, {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return HostFiles.LOOPBACK + ":" + port();
  }

  /** Where the broker listens. */
  public int port() {
    return running.port();
  }

  /** The process, which a restart changes. */
  public long pid() {
    return child().pid();
  }

  /** Whether the process runs, or is frozen. */
  public boolean isAlive() {
    return child().isAlive();
  }

  /** Kills the process as a crash would, and completes when it has ended. */
  public CompletionStage<EngineExit> kill() {
    return child().kill();
  }

  /**
   * Stops the process where it is, until {@link #thaw}: its connections stay open, new ones are
   * accepted by the system, and nothing answers. Needs Linux. Blocks for some milliseconds.
   */
  public void freeze() {
    changing.lock();
    try {
      checkOpen();
      if (freezer != null) {
        return;
      }
      // Waits on a pipe that ends with us: a frozen process would not notice that we are gone. On a
      // busy machine it is a while until the signal has stopped it.
      Process waiting = new ProcessBuilder("sh", "-c", FREEZER, "" + pid()).start();
      waiting.inputReader().readLine();
      freezer = waiting;
    } catch (IOException e) {
      throw new UncheckedIOException("the engine cannot be frozen", e);
    } finally {
      changing.unlock();
    }
  }

  /** Has a frozen process go on, and waits until it does. No effect otherwise. */
  public void thaw() {
    changing.lock();
    try {
      Process waiting = freezer;
      if (waiting == null) {
        return;
      }
      waiting.getOutputStream().close();
      waiting.waitFor();
      freezer = null;
    } catch (IOException e) {
      throw new UncheckedIOException("the engine cannot be thawed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      changing.unlock();
    }
  }

  /**
   * Stops the process if it runs, and starts another one on the same ports and data. Blocks.
   *
   * @throws EngineException if it cannot be started; the engine is then down, and may be restarted
   * @throws IllegalStateException if the engine is closed
   */
  public void restart() {
    thaw();
    changing.lock();
    try {
      checkOpen();
      ChildProcess old = child();
      CompletableFuture<EngineExit> exit = old.stop().toCompletableFuture();
      exit.copy()
          .orTimeout(STOP_TIME.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionallyCompose(late -> old.kill().toCompletableFuture())
          .join();
      running = starter.again(running.port(), running.controllerPort());
      if (closed) {
        // Closed meanwhile, and the close saw only the old process.
        child().kill();
      }
      checkOpen();
    } finally {
      changing.unlock();
    }
  }

  /** Stops the process in order, and kills it if it still runs after four fifths of the time. */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    closed = true;
    return closing.closeAsync(deadline);
  }

  private ChildProcess child() {
    return running.child();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("engine " + bootstrapServers() + " is closed");
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
    return "KafkaEngine[%s, pid %d, %s]"
        .formatted(bootstrapServers(), pid(), options.dataDirectory());
  }
}
