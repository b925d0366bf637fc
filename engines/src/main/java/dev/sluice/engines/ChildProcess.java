package dev.sluice.engines;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process of ours that prints {@link HostLine}s, with one daemon thread that reads them.
 *
 * <p>The output must be read for as long as the process lives, or it would block when the pipe is
 * full; only its end is kept.
 */
final class ChildProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final int KEPT_LINES = 60;

  private final Process process;
  private final boolean stopsWithInput;
  private final Consumer<String> progress;
  private final CompletableFuture<HostLine.Parsed> verdict = new CompletableFuture<>();
  private final CompletableFuture<EngineExit> exit = new CompletableFuture<>();
  private final Deque<String> tail = new ArrayDeque<>(); // guarded by itself
  private volatile boolean requested;

  private ChildProcess(Process process, boolean stopsWithInput, Consumer<String> progress) {
    this.process = process;
    this.stopsWithInput = stopsWithInput;
    this.progress = progress;
  }

  /**
   * Starts the process.
   *
   * @param stopsWithInput whether the end of its standard input ends it; otherwise that is closed
   *     at once, and a signal ends it
   * @param progress takes what it says while starting, on the reading thread
   */
  static ChildProcess start(
      ProcessBuilder builder, boolean stopsWithInput, Consumer<String> progress)
      throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    ChildProcess child = new ChildProcess(process, stopsWithInput, progress);
    if (!stopsWithInput) {
      child.closeInput();
    }
    Thread reader = new Thread(child::read, "engine-output-" + process.pid());
    reader.setDaemon(true);
    reader.start();
    return child;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The first of: started, locked, failed. Fails when the process ends without a word. */
  CompletableFuture<HostLine.Parsed> verdict() {
    return verdict;
  }

  CompletableFuture<EngineExit> exit() {
    return exit;
  }

  List<String> lastLines() {
    synchronized (tail) {
      return List.copyOf(tail);
    }
  }

  /** Asks it to end, which its host does in order and in at most three seconds. */
  CompletionStage<EngineExit> stop() {
    requested = true;
    if (stopsWithInput) {
      closeInput();
    } else {
      process.destroy();
    }
    return exit;
  }

  /** Ends it at once. */
  CompletionStage<EngineExit> kill() {
    requested = true;
    process.destroyForcibly();
    return exit;
  }

  private void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        LOG.debug("engine {}: {}", process.pid(), line);
        HostLine.parse(line).ifPresent(this::heard);
        synchronized (tail) {
          if (tail.size() == KEPT_LINES) {
            tail.removeFirst();
          }
          tail.addLast(line);
        }
      }
    } catch (IOException e) {
      // The same as its end.
    }
    int code = awaitExit();
    EngineExit ended = new EngineExit(process.pid(), code, requested, lastLines());
    verdict.completeExceptionally(new IOException("ended with exit code " + code));
    exit.complete(ended);
  }

  private int awaitExit() {
    while (true) {
      try {
        return process.waitFor();
      } catch (InterruptedException e) {
        // Nobody else has this thread, and the process is ending: wait on.
      }
    }
  }

  private void heard(HostLine.Parsed line) {
    if (line.kind() == HostLine.PROGRESS) {
      try {
        progress.accept(line.text());
      } catch (RuntimeException e) {
        // The listener's fault must not stop the reading, which would block the process.
        LOG.warn("a progress listener failed", e);
      }
    } else {
      verdict.complete(line);
    }
  }
}
