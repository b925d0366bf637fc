package dev.sluice.engines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the Maven among our ancestors; between it and a test JVM there may be a shell. */
final class BuildProcess {
  private static final String MAVEN = "org.codehaus.plexus.classworlds.launcher.Launcher";
  private static final int DEEPEST = 6;

  private BuildProcess() {}

  /** The Maven that runs us, or else ourselves. */
  static Owner find() {
    Optional<ProcessHandle> ancestor = ProcessHandle.current().parent();
    for (int depth = 0; depth < DEEPEST && ancestor.isPresent(); depth++) {
      ProcessHandle process = ancestor.get();
      if (commandLine(process).contains(MAVEN)) {
        return Owner.of(process);
      }
      ancestor = process.parent();
    }
    return Owner.thisProcess();
  }

  private static String commandLine(ProcessHandle process) {
    Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
    try {
      // The handle itself gives up on lines as long as Java's often are.
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return process.info().commandLine().orElse("");
    }
  }
}
