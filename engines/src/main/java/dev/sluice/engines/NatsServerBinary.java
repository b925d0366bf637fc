package dev.sluice.engines;

import dev.sluice.engines.EngineException.Reason;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Finds {@code nats-server}: on the PATH or where systems keep servers, otherwise taken out of
 * Debian's package into a folder of the build, which needs no rights.
 */
final class NatsServerBinary {
  private static final String NAME = "nats-server";
  private static final List<Path> SERVERS =
      List.of(Path.of("/usr/sbin"), Path.of("/usr/local/bin"));
  private static final int PATIENCE_SECONDS = 120;
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  private NatsServerBinary() {}

  /**
   * The executable. Blocks; the first time on a machine without it for as long as a download takes.
   *
   * @throws EngineException LIBRARIES if there is none and none can be had
   */
  static Path find() {
    return installed(System.getenv("PATH"))
        .orElseGet(
            () -> unpacked(RocketMQEngineOptions.sourceRoot().resolve("target/engines/nats")));
  }

  static Optional<Path> installed(String path) {
    Stream<Path> folders =
        Stream.of(path.split(File.pathSeparator)).filter(entry -> !entry.isEmpty()).map(Path::of);
    return Stream.concat(folders, SERVERS.stream())
        .map(folder -> folder.resolve(NAME))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** Out of the package, which the first who asks fetches into the folder. */
  static Path unpacked(Path folder) {
    Path server = folder.resolve(NAME);
    ONE_AT_A_TIME.lock();
    try {
      Files.createDirectories(folder);
      // The file lock keeps other JVMs out, and throws within one; hence both.
      try (FileChannel channel =
          FileChannel.open(
              folder.resolve("unpack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.lock(); // until the channel closes
        if (!Files.isExecutable(server)) {
          unpack(folder, server);
        }
      }
      return server;
    } catch (IOException e) {
      throw missing(e);
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private static void unpack(Path folder, Path server) throws IOException {
    Path work = Files.createTempDirectory(folder, "package");
    try {
      List<String> download = List.of("apt-get", "-q", "download", NAME);
      try {
        run(work, download);
      } catch (IOException e) {
        // A machine whose lists of packages were never read; those of its owner can be.
        run(work, List.of("apt-get", "-q", "update"));
        run(work, download);
      }
      Path archive;
      try (Stream<Path> files = Files.list(work)) {
        archive =
            files
                .filter(file -> file.toString().endsWith(".deb"))
                .findFirst()
                .orElseThrow(() -> new IOException("apt-get downloaded nothing"));
      }
      run(work, List.of("dpkg-deb", "-x", archive.toString(), work.toString()));
      Files.move(
          work.resolve("usr/sbin").resolve(NAME), server, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      SharedEngine.delete(work);
    }
  }

  private static void run(Path folder, List<String> command) throws IOException {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(command + " took more than " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + command, e);
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          command
              + " failed with "
              + process.exitValue()
              + ": "
              + Files.readString(output).strip());
    }
  }

  private static EngineException missing(IOException cause) {
    return new EngineException(
        Reason.LIBRARIES,
        "nats-server: not on the PATH, and Debian's package could not be unpacked: "
            + cause.getMessage()
            + " (expected: nats-server 2.9 or later; install it, on Debian and Ubuntu by `apt"
            + " install nats-server`)",
        cause);
  }
}
