package dev.sluice.engines;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The child process around an engine's servers: one for each data directory, and none without its
 * parent.
 *
 * <p>It talks to its parent in lines ({@link HostLine}) on standard output, and ends at once when
 * standard input ends or the owner process is gone, so that no signal to the parent leaves it
 * behind.
 */
final class HostProcess {
  /** Longest time that an orderly stop may take before the process is halted. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

  /** How long the lock of a predecessor that is just ending is waited for. */
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(3);

  private static final int EXIT_REFUSED = 3;

  /** A channel that nothing refers to is closed by the collector, and its lock is gone with it. */
  private static volatile @Nullable FileLock held;

  private final Path dataDirectory;
  private final @Nullable Owner owner;
  private final boolean followStandardInput;
  private final PrintStream parent;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile @Nullable Servers servers;

  /** What the process is for. */
  interface Servers {
    /** Returns when they serve. */
    void start(HostProcess process) throws Exception;

    /**
     * Makes durable what is only in memory, on a thread of its own. May be abandoned at any point;
     * the process is halted afterwards.
     */
    void stop() throws Exception;
  }

  HostProcess(
      Path dataDirectory, @Nullable Owner owner, boolean followStandardInput, PrintStream parent) {
    this.dataDirectory = dataDirectory;
    this.owner = owner;
    this.followStandardInput = followStandardInput;
    this.parent = parent;
  }

  /** Starts the servers, and returns; the process goes on until its parent or owner ends. */
  void run(Servers started) {
    ignoreTerminalSignals();
    // TERM: the JVM's own hooks would otherwise end it without the orderly part.
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "engine-terminate"));
    startThread("engine-parent-watch", this::watchParent);
    try {
      held = lock();
      if (held == null) {
        say(HostLine.LOCKED, dataDirectory.toString());
        Runtime.getRuntime().halt(EXIT_REFUSED);
      }
      started.start(this);
      servers = started;
      say(HostLine.STARTED, Long.toString(ProcessHandle.current().pid()));
    } catch (Throwable e) { // the boundary of the main thread
      e.printStackTrace();
      say(HostLine.FAILED, HostLine.oneLine(e));
      Runtime.getRuntime().halt(EXIT_REFUSED);
    }
  }

  /** Tells the parent something. */
  void say(HostLine line, String text) {
    parent.println(line.format(text));
    parent.flush();
  }

  private @Nullable FileLock lock() throws IOException, InterruptedException {
    Files.createDirectories(dataDirectory);
    FileChannel channel =
        FileChannel.open(
            dataDirectory.resolve("engine.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    long end = System.nanoTime() + LOCK_PATIENCE.toNanos();
    FileLock lock = channel.tryLock();
    while (lock == null && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(20);
      lock = channel.tryLock();
    }
    return lock;
  }

  /** Ends the process when its parent or owner does, or when the parent asks for it. */
  private void watchParent() {
    if (followStandardInput) {
      startThread("engine-owner-watch", this::watchOwner);
      try {
        InputStream in = System.in;
        while (in.read() >= 0) {
          // Nothing but the end of the stream means anything.
        }
      } catch (IOException e) {
        // The same as its end.
      }
      stop();
    } else {
      watchOwner();
    }
  }

  private void watchOwner() {
    if (owner == null) {
      return;
    }
    while (owner.isAlive()) {
      try {
        TimeUnit.MILLISECONDS.sleep(250);
      } catch (InterruptedException e) {
        break;
      }
    }
    stop();
  }

  private void stop() {
    if (!stopping.compareAndSet(false, true)) {
      awaitHalt();
      return;
    }
    Thread orderly = new Thread(this::stopServers, "engine-stop");
    orderly.setDaemon(true);
    orderly.start();
    try {
      orderly.join(STOP_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0);
  }

  private void stopServers() {
    Servers running = servers;
    if (running == null) {
      return;
    }
    try {
      running.stop();
    } catch (Exception e) { // the process is halted all the same
      System.err.println("at the end: " + HostLine.oneLine(e));
    }
  }

  /** A second reason to stop must not let the JVM exit in the middle of the first one's work. */
  private static void awaitHalt() {
    try {
      new CountDownLatch(1).await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A Ctrl-C reaches the whole foreground group; only the parent decides what it means. */
  private static void ignoreTerminalSignals() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ignore = handler.getField("SIG_IGN").get(null);
      Method handle = signal.getMethod("handle", signal, handler);
      for (String name : new String[] {"INT", "HUP"}) {
        handle.invoke(null, signal.getConstructor(String.class).newInstance(name), ignore);
      }
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // A platform without these signals: then there is nothing to ignore.
    }
  }

  /** A daemon thread. */
  static void startThread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
