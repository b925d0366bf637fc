package dev.sluice.engines;

import dev.sluice.lifecycle.Deadline;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An engine that the tests of one build share, over all its modules.
 *
 * <p>The first test JVM that asks starts it, and the others find it by a file under {@code
 * target/engines} of the source tree. It belongs to the Maven that runs the build and ends with it;
 * without a Maven it belongs to the JVM that asked. Nobody closes it. Tests use topics and groups
 * of their own ({@link TopicNames}), and a private {@link RocketMQEngine} to kill.
 *
 * @param nameServerAddress where clients look up brokers, {@code 127.0.0.1:port}
 * @param brokerAddress where the broker listens, {@code 127.0.0.1:port}
 * @param pid the engine's process
 */
public record SharedEngine(String nameServerAddress, String brokerAddress, long pid) {
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();
  private static final Pattern NAME = Pattern.compile("rocketmq-[45]-(\\d{1,18})");

  /**
   * The running engine of this build with RocketMQ 5, started if there is none. Blocks.
   *
   * @throws EngineException if it cannot be started
   */
  public static SharedEngine rocketmq5() {
    return of(RocketMQVersion.V5);
  }

  /**
   * The same with RocketMQ 4.
   *
   * @throws EngineException if it cannot be started
   */
  public static SharedEngine rocketmq4() {
    return of(RocketMQVersion.V4);
  }

  /**
   * The same with either version.
   *
   * @throws EngineException if it cannot be started
   */
  public static SharedEngine of(RocketMQVersion version) {
    Path directory = RocketMQEngineOptions.sourceRoot().resolve("target/engines");
    return find(version, directory, BuildProcess.find());
  }

  static SharedEngine find(RocketMQVersion version, Path directory, Owner owner) {
    ONE_AT_A_TIME.lock();
    try {
      Files.createDirectories(directory);
      // The file lock keeps other JVMs out, and throws within one; hence both.
      try (FileChannel channel =
          FileChannel.open(
              directory.resolve("shared.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE)) {
        channel.lock(); // until the channel closes
        removeAbandoned(directory);
        Path own = directory.resolve(version.module() + "-" + owner.pid());
        Optional<State> known = State.read(own);
        if (known.isPresent() && known.get().isUsable()) {
          return known.get().engine();
        }
        known.ifPresent(State::end);
        return start(version, own, owner);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("shared engine in " + directory, e);
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private static SharedEngine start(RocketMQVersion version, Path own, Owner owner)
      throws IOException {
    delete(own);
    Files.createDirectories(own);
    RocketMQEngineOptions options =
        RocketMQEngine.in(own.resolve("data"))
            .version(version)
            .ownerPid(owner.pid())
            .quickStart()
            .heapMegabytes(512)
            .brokerSetting("transactionCheckInterval", "2000")
            .brokerSetting("transactionTimeOut", "2000")
            .build();
    EngineStart.Running running = new EngineStart(options, false).first();
    ProcessHandle process = ProcessHandle.of(running.child().pid()).orElseThrow();
    State state = new State(running.settings(), Owner.of(process), owner);
    state.write(own);
    return state.engine();
  }

  /** Removes what engines of builds that have ended left behind. */
  private static void removeAbandoned(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.filter(Files::isDirectory).toList()) {
        if (isAbandoned(entry)) {
          delete(entry);
        }
      }
    }
  }

  private static boolean isAbandoned(Path entry) {
    Optional<State> state = State.read(entry);
    if (state.isPresent()) {
      return !state.get().owner().isAlive() && !state.get().self().isAlive();
    }
    // A start that failed, or that this owner is about to repeat.
    Matcher name = NAME.matcher(entry.getFileName().toString());
    return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
  }

  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(tree)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.deleteIfExists(file);
    }
  }

  /**
   * What is written down of a running engine.
   *
   * @param nameServerPort its name server
   * @param brokerPort its broker
   * @param self its process
   * @param owner the process that it ends with
   */
  private record State(int nameServerPort, int brokerPort, Owner self, Owner owner) {
    private static final Duration PROBE_TIME = Duration.ofSeconds(5);
    private static final Duration PROBE_PAUSE = Duration.ofMillis(100);

    /** Tests of other modules use it: it may have no time for a question, and must not be ended. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    State(HostSettings settings, Owner self, Owner owner) {
      this(settings.nameServerPort(), settings.brokerPort(), self, owner);
    }

    SharedEngine engine() {
      return new SharedEngine(
          HostFiles.LOOPBACK + ":" + nameServerPort,
          HostFiles.LOOPBACK + ":" + brokerPort,
          self.pid());
    }

    boolean isUsable() {
      RemotingProbe probe = new RemotingProbe(PROBE_TIME, Optional.empty());
      Deadline deadline = Deadline.after(PATIENCE);
      while (self.isAlive() && !deadline.isPast()) {
        if (probe.isReady(nameServerPort, brokerPort)) {
          return true;
        }
        LockSupport.parkNanos(PROBE_PAUSE.toNanos());
      }
      return false;
    }

    /** Ends its process, if that still runs and answers nobody: its data are about to go. */
    void end() {
      if (self.isAlive()) {
        ProcessHandle.of(self.pid())
            .ifPresent(
                process -> {
                  process.destroyForcibly();
                  process.onExit().join();
                });
      }
    }

    void write(Path directory) throws IOException {
      Properties properties = new Properties();
      properties.setProperty("nameServerPort", Integer.toString(nameServerPort));
      properties.setProperty("brokerPort", Integer.toString(brokerPort));
      properties.setProperty("self", self.format());
      properties.setProperty("owner", owner.format());
      Path whole = directory.resolve("state.properties");
      Path part = directory.resolve("state.properties.part");
      try (Writer writer = Files.newBufferedWriter(part)) {
        properties.store(writer, null);
      }
      Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Optional<State> read(Path directory) {
      Path file = directory.resolve("state.properties");
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
        return Optional.of(
            new State(
                Integer.parseInt(properties.getProperty("nameServerPort", "")),
                Integer.parseInt(properties.getProperty("brokerPort", "")),
                Owner.parse(properties.getProperty("self", "")),
                Owner.parse(properties.getProperty("owner", ""))));
      } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
        return Optional.empty();
      }
    }
  }
}
