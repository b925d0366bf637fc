package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The published npm packages that the tests use, installed once as their lock file says. */
final class NodePackages {

  static final Path FOLDER = Child.ROOT.resolve("end-to-end-tests/src/test/node");

  private NodePackages() {}

  static synchronized void install() throws IOException, InterruptedException {
    // Another process may be about to do the same.
    try (FileChannel _ = Alone.with("node-packages")) {
      installUnlessThere();
    }
  }

  private static void installUnlessThere() throws IOException, InterruptedException {
    // npm keeps this file beside what it installed: as new as the lock file means up to date.
    Path installed = FOLDER.resolve("node_modules/.package-lock.json");
    Path wanted = FOLDER.resolve("package-lock.json");
    if (Files.exists(installed)
        && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(wanted)) >= 0) {
      return;
    }
    try (Child npm =
        Child.start(
            FOLDER,
            Map.of(),
            List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"))) {
      int exit = npm.awaitExit(Duration.ofMinutes(3));
      assertThat(exit).as("npm ci: %s", npm.output()).isZero();
    }
  }
}
