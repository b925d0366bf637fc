package dev.sluice.endtoend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** What a child process has printed so far, read to its end by one thread. */
final class Lines {

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  Lines(String name, InputStream stream) {
    this.reader = Thread.ofVirtual().name(name).start(() -> read(stream));
  }

  private void read(InputStream stream) {
    try (var in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("(output ended: " + e.getMessage() + ")");
    }
  }

  List<String> all() {
    return List.copyOf(lines);
  }

  /** Those that begin with a word, without it. */
  List<String> after(String word) {
    return lines.stream()
        .filter(line -> line.startsWith(word + " "))
        .map(line -> line.substring(word.length() + 1))
        .toList();
  }

  boolean any(Predicate<String> which) {
    return lines.stream().anyMatch(which);
  }

  /** Waits until everything that was printed is here; the process has ended. */
  void toEnd() throws InterruptedException {
    reader.join();
  }

  @Override
  public String toString() {
    return String.join(System.lineSeparator(), lines);
  }
}
