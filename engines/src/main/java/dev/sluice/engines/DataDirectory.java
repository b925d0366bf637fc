package dev.sluice.engines;

import dev.sluice.engines.EngineException.Reason;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** The directory that an engine keeps everything in, checked before anything is started on it. */
final class DataDirectory {
  private static final int LOG_LINES = 20;

  private final Path path;

  private DataDirectory(Path path) {
    this.path = path;
  }

  /** Creates what is missing, and checks that it can be written and has room. */
  static DataDirectory prepare(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute);
      Files.delete(Files.createTempFile(absolute, "writable", ".probe"));
    } catch (IOException e) {
      throw unwritable(absolute, e);
    }
    try {
      FileStore store = Files.getFileStore(absolute);
      new DiskSpace(store.getTotalSpace(), store.getUnallocatedSpace(), store.getUsableSpace())
          .check(absolute);
    } catch (IOException e) {
      // A file system that does not tell; the broker finds out by itself.
      return new DataDirectory(absolute);
    }
    return new DataDirectory(absolute);
  }

  /** Throws when the data is of another version; notes the version where there is no data. */
  void checkVersion(RocketMQVersion version) {
    Path file = HostFiles.versionFile(path);
    try {
      String noted =
          Files.exists(file)
              ? Files.readString(file).strip()
              // Data from before versions were noted.
              : Files.exists(HostFiles.brokerFile(path)) ? RocketMQVersion.V5.number() : "";
      if (!noted.isEmpty() && !noted.equals(version.number())) {
        throw new EngineException(
            Reason.DATA_DIRECTORY,
            "data directory: %s has data of RocketMQ %s (expected: of %s; give another directory)"
                .formatted(path, noted, version));
      }
      Files.createDirectories(path.resolve("conf"));
      Files.writeString(file, version.number());
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  /** Writes what has secrets in it, for this user alone. */
  void writeAccounts(String text) {
    Path file = HostFiles.accountsFile(path);
    try {
      Files.deleteIfExists(file);
      if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.writeString(file, text);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static EngineException unwritable(Path path, IOException cause) {
    return new EngineException(
        Reason.DATA_DIRECTORY,
        "data directory: "
            + path
            + " cannot be written, "
            + cause
            + " (expected: a directory that this user may create and write; give another one)",
        cause);
  }

  Path path() {
    return path;
  }

  int lastNameServerPort() {
    return port(HostFiles.nameServerFile(path));
  }

  int lastBrokerPort() {
    return port(HostFiles.brokerFile(path));
  }

  private static int port(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
      return Integer.parseInt(properties.getProperty("listenPort", "0"));
    } catch (IOException | IllegalArgumentException e) {
      return 0; // The first run, or a file that the next start writes anew.
    }
  }

  /** The end of the servers' own log. */
  List<String> lastLogLines() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(path.resolve("logs/rocketmq.log")), StandardCharsets.UTF_8)
              .lines()
              .toList();
      return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * The room on a file system, in bytes.
   *
   * @param total its size
   * @param unallocated what no file has
   * @param usable what this user may still write
   */
  record DiskSpace(long total, long unallocated, long usable) {
    /** Above this share the broker refuses messages; it cannot be told otherwise. */
    private static final double BROKER_LIMIT = 0.90;

    /** A few of the files that the broker maps and grows into. */
    private static final long LEAST = 256L << 20;

    /**
     * Throws when a broker with data at {@code path} would refuse messages.
     *
     * @throws EngineException naming the path, what is free and what is needed
     */
    void check(Path path) {
      if (total <= 0) {
        return;
      }
      long entire = total - unallocated + usable;
      long needed = Math.max(LEAST, (long) Math.ceil(entire * (1 - BROKER_LIMIT)));
      if (usable < needed) {
        throw new EngineException(
            Reason.DISK_SPACE,
            "data directory: %s has %s free (expected: %s or more, since RocketMQ refuses messages on a file system that is more than %d %% full; free some space or give another directory)"
                .formatted(path, size(usable), size(needed), Math.round(BROKER_LIMIT * 100)));
      }
    }

    private static String size(long bytes) {
      return bytes >= 10L << 30
          ? String.format(Locale.ROOT, "%.0f GiB", bytes / (double) (1L << 30))
          : String.format(Locale.ROOT, "%.0f MiB", bytes / (double) (1L << 20));
    }
  }
}
