package dev.sluice.engines;

import dev.sluice.engines.EngineException.Reason;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A {@code nats-server} with JetStream as a child process, on loopback only.
 *
 * <p>The process ends when this one does, by whatever signal. Streams are kept in the data
 * directory over restarts; what the server acknowledged also outlives a kill of its process, though
 * not a crash of the machine. One daemon thread reads the process's output. Safe for use by any
 * thread.
 */
public final class NatsEngine implements BoundedCloseable {
  private final NatsEngineOptions options;
  private final int port;
  private final EngineProcess process;
  private final BoundedCloseable closing;

  private NatsEngine(
      NatsEngineOptions options,
      NatsServerStart starter,
      FileChannel lock,
      NatsServerStart.Running running) {
    this.options = options;
    this.port = running.port();
    String name = "engine " + url();
    this.process = new EngineProcess(name, running.child(), () -> starter.again(port));
    this.closing =
        process
            .addEnd(StagedClose.named(name))
            .action("unlock", lock::close)
            .action("ledger", process::leaveLedger)
            .build();
  }

  /**
   * Starts a server and waits until it answers. Blocks.
   *
   * @throws EngineException if it cannot be started; nothing is left running then
   */
  public static NatsEngine start(NatsEngineOptions options) {
    FileChannel lock = lock(options.dataDirectory());
    boolean started = false;
    try {
      NatsServerStart starter = new NatsServerStart(options);
      NatsEngine engine = new NatsEngine(options, starter, lock, starter.first());
      started = true;
      engine.process.enter(options.ledger(), "nats " + engine.url(), engine);
      return engine;
    } finally {
      if (!started) {
        close(lock);
      }
    }
  }

  /** Where clients connect, {@code nats://127.0.0.1:port}. */
  public String url() {
    return "nats://" + HostFiles.LOOPBACK + ":" + port;
  }

  /** The port that clients connect to. */
  public int port() {
    return port;
  }

  /** The process, which a restart changes. */
  public long pid() {
    return process.child().pid();
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return process.child().isAlive();
  }

  /** Kills the process as a crash would, and completes when it has ended. */
  public CompletionStage<EngineExit> kill() {
    return process.child().kill();
  }

  /**
   * Stops the process if it runs, and starts another one on the same port and data. Blocks.
   *
   * @throws EngineException if it cannot be started; the engine is then down, and may be restarted
   * @throws IllegalStateException if the engine is closed
   */
  public void restart() {
    process.restart();
  }

  /** Stops the process in order, and kills it if it still runs after four fifths of the time. */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    process.refuseRestarts();
    return closing.closeAsync(deadline);
  }

  /** Keeps others off the data, which the server itself does not; ends with our process. */
  private static FileChannel lock(Path directory) {
    FileChannel channel = null;
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              directory.resolve("engine.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileLock taken = channel.tryLock();
      if (taken != null) {
        return channel;
      }
      close(channel);
      throw locked(directory, null);
    } catch (OverlappingFileLockException e) {
      close(channel);
      throw locked(directory, e);
    } catch (IOException e) {
      close(channel);
      throw new EngineException(
          Reason.DATA_DIRECTORY,
          "data directory: "
              + directory
              + " cannot be written, "
              + e
              + " (expected: a directory that this user may create and write; give another one)",
          e);
    }
  }

  private static EngineException locked(Path directory, @Nullable Throwable cause) {
    String message =
        "data directory: "
            + directory
            + " is in use by another engine (expected: one engine per directory; stop the other one"
            + " or give another directory)";
    return cause == null
        ? new EngineException(Reason.LOCKED, message)
        : new EngineException(Reason.LOCKED, message, cause);
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // It was not written to: nothing is lost.
    }
  }

  @Override
  public String toString() {
    return "NatsEngine[%s, pid %d, %s]".formatted(url(), pid(), options.dataDirectory());
  }
}
