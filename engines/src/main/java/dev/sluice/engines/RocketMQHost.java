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
 * The main class of the child process: a name server and a broker of RocketMQ in one JVM.
 *
 * <p>It is compiled without RocketMQ and reaches it by reflection, because the versions of its many
 * dependencies must not meet ours. It talks to its parent in lines ({@link HostLine}) on standard
 * output, and ends at once when standard input ends or the owner process is gone, so that no signal
 * to the parent leaves it behind.
 */
final class RocketMQHost {
  /** Longest time that an orderly stop may take before the process is halted. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

  /** How long the lock of a predecessor that is just ending is waited for. */
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(3);

  private static final int EXIT_REFUSED = 3;

  /** A channel that nothing refers to is closed by the collector, and its lock is gone with it. */
  private static volatile @Nullable FileLock held;

  private final HostSettings settings;
  private final PrintStream parent;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile @Nullable RocketMQBroker broker;

  private RocketMQHost(HostSettings settings, PrintStream parent) {
    this.settings = settings;
    this.parent = parent;
  }

  /** Starts the servers described by the arguments, see {@link HostSettings#toArguments()}. */
  public static void main(String[] arguments) {
    new RocketMQHost(HostSettings.parse(arguments), System.out).run();
  }

  private void run() {
    ignoreTerminalSignals();
    // TERM: the JVM's own hooks would otherwise end it without the orderly part.
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "engine-terminate"));
    startThread("engine-parent-watch", this::watchParent);
    try {
      held = lock();
      if (held == null) {
        say(HostLine.LOCKED, settings.dataDirectory().toString());
        Runtime.getRuntime().halt(EXIT_REFUSED);
      }
      Path home = new HostFiles(settings).write();
      say(HostLine.PROGRESS, "starting the name server and the broker");
      RocketMQBroker started = RocketMQBroker.start(settings, home);
      broker = started;
      say(HostLine.STARTED, Long.toString(ProcessHandle.current().pid()));
      startThread("engine-quiet", () -> keepQuiet(started));
    } catch (Throwable e) { // the boundary of the main thread
      e.printStackTrace();
      say(HostLine.FAILED, HostLine.oneLine(e));
      Runtime.getRuntime().halt(EXIT_REFUSED);
    }
  }

  private @Nullable FileLock lock() throws IOException, InterruptedException {
    Files.createDirectories(settings.dataDirectory());
    FileChannel channel =
        FileChannel.open(
            settings.dataDirectory().resolve("engine.lock"),
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
    if (settings.followStandardInput()) {
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
    Owner owner = settings.owner();
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

  /** Makes everything durable, then halts; RocketMQ's own shutdown takes over 20 s. */
  private void stop() {
    if (!stopping.compareAndSet(false, true)) {
      awaitHalt();
      return;
    }
    Thread orderly =
        new Thread(
            () -> {
              RocketMQBroker running = broker;
              if (running != null) {
                running.persist();
              }
            },
            "engine-stop");
    orderly.setDaemon(true);
    orderly.start();
    try {
      orderly.join(STOP_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0);
  }

  /** A second reason to stop must not let the JVM exit in the middle of the first one's work. */
  private static void awaitHalt() {
    try {
      new CountDownLatch(1).await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keepQuiet(RocketMQBroker running) {
    try {
      while (true) {
        TimeUnit.SECONDS.sleep(1);
        running.keepQuiet();
      }
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

  private void say(HostLine line, String text) {
    parent.println(line.format(text));
    parent.flush();
  }

  private static void startThread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
