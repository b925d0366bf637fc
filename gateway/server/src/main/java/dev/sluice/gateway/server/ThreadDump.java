package dev.sluice.gateway.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * All threads of this process with what they do, the virtual ones among them, which Java tells only
 * by way of a file. Takes a few milliseconds and blocks: not for event loops.
 */
final class ThreadDump {
  private static final JsonFactory JSON = new JsonFactory();

  private ThreadDump() {}

  /** As text for people. */
  static String text() throws IOException {
    return dump(ThreadDumpFormat.TEXT_PLAIN, Files::readString);
  }

  /** As one JSON object, in Java's own form. */
  static String json() throws IOException {
    return dump(ThreadDumpFormat.JSON, Files::readString);
  }

  /** How many virtual threads there are, also those that wait and so have no carrier. */
  static int virtualThreads() throws IOException {
    return dump(ThreadDumpFormat.JSON, ThreadDump::countVirtual);
  }

  private static int countVirtual(Path dump) throws IOException {
    int count = 0;
    try (JsonParser parser = JSON.createParser(dump.toFile())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME
            && parser.currentName().equals("virtual")
            && parser.nextToken() == JsonToken.VALUE_TRUE) {
          count++;
        }
      }
    }
    return count;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read(Path dump) throws IOException;
  }

  private static <T> T dump(ThreadDumpFormat format, Reading<T> reading) throws IOException {
    HotSpotDiagnosticMXBean diagnostics =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (diagnostics == null) {
      throw new IOException("threads: this Java does not tell (expected: one made of OpenJDK)");
    }
    // A folder of our own, which nobody else can look into.
    Path folder = Files.createTempDirectory("sluice-threads");
    Path file = folder.resolve("dump");
    try {
      diagnostics.dumpThreads(file.toString(), format);
      return reading.read(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }
}
