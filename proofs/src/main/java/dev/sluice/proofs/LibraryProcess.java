package dev.sluice.proofs;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A {@link LibraryMember} in a process of its own, which can be killed. */
final class LibraryProcess implements AutoCloseable {

  private static final int SECONDS_TO_LEAVE = 40;

  private final Process process;
  private final Thread reader;

  private LibraryProcess(Process process, Thread reader) {
    this.process = process;
    this.reader = reader;
  }

  /** In that process; ends when its input does. */
  public static void main(String[] arguments) throws IOException {
    // Nothing is buffered: what was told is told, however the process ends.
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try (var _ =
        new LibraryMember(
            arguments[0],
            arguments[1],
            arguments[2],
            (group, body) -> out.println(group + " " + body))) {
      while (System.in.read() >= 0) {
        // Nobody says anything; it ends.
      }
    }
    System.exit(0);
  }

  /** Starts it; what it consumes is told by a thread of its own, in its order. */
  static LibraryProcess start(
      String nameServers,
      String topic,
      String name,
      BiConsumer<LibraryMember.Group, String> consumed)
      throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx128m",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    LibraryProcess.class.getName(),
                    nameServers,
                    topic,
                    name))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Thread reader = Thread.ofVirtual().name(name).start(() -> read(process, consumed));
    return new LibraryProcess(process, reader);
  }

  private static void read(Process process, BiConsumer<LibraryMember.Group, String> consumed) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        for (LibraryMember.Group group : LibraryMember.Group.values()) {
          if (line.startsWith(group + " ")) {
            consumed.accept(group, line.substring(group.name().length() + 1));
          }
        }
      }
    } catch (IOException e) {
      // The same as its end.
    }
  }

  long pid() {
    return process.pid();
  }

  /** As a crash would. What it had told is taken in first. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    reader.join();
  }

  /** Has it leave its groups and end. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS_TO_LEAVE, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the member has not left in " + SECONDS_TO_LEAVE + " s");
      }
      reader.join();
    } catch (IOException e) {
      // It has ended already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
