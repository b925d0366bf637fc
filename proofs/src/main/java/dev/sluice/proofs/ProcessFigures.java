package dev.sluice.proofs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the operating system (Linux) tells of a process.
 *
 * @param residentBytes the memory that it has
 * @param threads its platform threads
 * @param descriptors its open files and sockets
 * @param outgoing established TCP connections that it made itself
 * @param cpuMillis user and system time since its start
 */
record ProcessFigures(
    long residentBytes, int threads, int descriptors, int outgoing, long cpuMillis) {

  private static final long MILLIS_PER_TICK = 10;
  private static final String ESTABLISHED = "01";

  /**
   * Reads them.
   *
   * @param listening ports whose connections were made by others
   */
  static ProcessFigures of(long pid, Set<Integer> listening) {
    Path process = Path.of("/proc/" + pid);
    try {
      String status = Files.readString(process.resolve("status"));
      Set<String> sockets = new HashSet<>();
      int descriptors = descriptors(process.resolve("fd"), sockets);
      return new ProcessFigures(
          field(status, "VmRSS:") * 1024,
          (int) field(status, "Threads:"),
          descriptors,
          outgoing(process, sockets, listening),
          cpuMillis(Files.readString(process.resolve("stat"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long field(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the process has ended"));
  }

  private static int descriptors(Path folder, Set<String> sockets) throws IOException {
    int count = 0;
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        try {
          String target = Files.readSymbolicLink(file).toString();
          count++;
          if (target.startsWith("socket:[")) {
            sockets.add(target.substring("socket:[".length(), target.length() - 1));
          }
        } catch (NoSuchFileException e) {
          // Closed since it was listed.
        }
      }
    }
    return count;
  }

  private static int outgoing(Path process, Set<String> sockets, Set<Integer> listening)
      throws IOException {
    int count = 0;
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : Files.readAllLines(process.resolve(table))) {
        String[] columns = line.strip().split("\\s+", -1);
        if (columns.length > 9
            && columns[3].equals(ESTABLISHED)
            && sockets.contains(columns[9])
            && !listening.contains(port(columns[1]))) {
          count++;
        }
      }
    }
    return count;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }

  private static long cpuMillis(String stat) {
    // Fields after the command's name, which may hold spaces itself: utime and stime are 14 and 15.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK;
  }
}
