package dev.sluice.engines;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
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
  private static final String FREEZER =
      "kill -STOP $0; until grep -q '^State:.*T' /proc/$0/status; do [ -d /proc/$0 ] || exit; sleep"
          + " 0.01; done; echo frozen; read end; kill -CONT $0";

  private final KafkaEngineOptions options;
  private final int port;
  private final EngineProcess process;
  private final BoundedCloseable closing;
  private final ReentrantLock freezing = new ReentrantLock();
  private volatile @Nullable Process freezer;

  private KafkaEngine(KafkaEngineOptions options, KafkaStart starter, KafkaStart.Running running) {
    this.options = options;
    this.port = running.port();
    String name = "engine " + bootstrapServers();
    int controllerPort = running.controllerPort();
    this.process =
        new EngineProcess(name, running.child(), () -> starter.again(port, controllerPort));
    this.closing =
        process
            .addEnd(StagedClose.named(name).action("thaw", this::thaw))
            .action("ledger", process::leaveLedger)
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
    engine.process.enter(options.ledger(), "kafka " + engine.bootstrapServers(), engine);
    return engine;
  }

  /** Where clients begin, {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return HostFiles.LOOPBACK + ":" + port;
  }

  /** Where the broker listens. */
  public int port() {
    return port;
  }

  /** The process, which a restart changes. */
  public long pid() {
    return process.child().pid();
  }

  /** Whether the process runs, or is frozen. */
  public boolean isAlive() {
    return process.child().isAlive();
  }

  /** Kills the process as a crash would, and completes when it has ended. */
  public CompletionStage<EngineExit> kill() {
    return process.child().kill();
  }

  /**
   * Stops the process where it is, until {@link #thaw}: its connections stay open, new ones are
   * accepted by the system, and nothing answers. Needs Linux. Blocks for some milliseconds.
   */
  public void freeze() {
    freezing.lock();
    try {
      process.checkOpen();
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
      freezing.unlock();
    }
  }

  /** Has a frozen process go on, and waits until it does. No effect otherwise. */
  public void thaw() {
    freezing.lock();
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
      freezing.unlock();
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
    process.restart();
  }

  /** Stops the process in order, and kills it if it still runs after four fifths of the time. */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    process.refuseRestarts();
    return closing.closeAsync(deadline);
  }

  @Override
  public String toString() {
    return "KafkaEngine[%s, pid %d, %s]"
        .formatted(bootstrapServers(), pid(), options.dataDirectory());
  }
}
