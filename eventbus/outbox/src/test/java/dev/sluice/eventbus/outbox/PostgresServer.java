package dev.sluice.eventbus.outbox;

import dev.sluice.testkit.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * A PostgreSQL server, unpacked from its archive on the class path, which the tests of one process
 * share, and which ends with it. PostgreSQL refuses to run as root: where the tests do, it runs as
 * nobody.
 */
final class PostgresServer {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
  private static final String NOBODY = "65534";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Ends the server when the standard input ends, as it does when this process dies. */
  private static final String UNTIL_INPUT_ENDS =
      "whole=$1; shift; \"$@\" </dev/null & server=$!; cat; kill -INT $server; wait $server;"
          + " rm -rf \"$whole\"";

  private static @Nullable PostgresServer shared;

  private final Path directory;
  private final Process process;
  private final int port;

  private PostgresServer(Path directory, Process process, int port) {
    this.directory = directory;
    this.process = process;
    this.port = port;
  }

  /** The one of this process, started if it is not there. */
  static synchronized PostgresServer shared() throws IOException, InterruptedException {
    PostgresServer server = shared;
    if (server == null) {
      server = start();
      shared = server;
    }
    return server;
  }

  private static PostgresServer start() throws IOException, InterruptedException {
    // Not under the build's own folder, which nobody may be unable to reach.
    Path directory = Files.createTempDirectory("sluice-postgres");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    unpack(directory);
    Path data = Files.createDirectory(directory.resolve("data"));
    if (isRoot()) {
      run(List.of("chown", NOBODY + ':' + NOBODY, data.toString()), directory);
    }
    run(
        unprivileged(
            directory.resolve("bin/initdb").toString(),
            "--pgdata=" + data,
            "--username=sluice",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync"),
        data);
    int port = FreePort.ofLoopback();
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", UNTIL_INPUT_ENDS, "sh", directory.toString()));
    command.addAll(
        unprivileged(
            directory.resolve("bin/postgres").toString(),
            "-D",
            data.toString(),
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "fsync=off"));
    Process process =
        new ProcessBuilder(command)
            .directory(data.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    PostgresServer server = new PostgresServer(directory, process, port);
    server.awaitReady();
    return server;
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static List<String> unprivileged(String... command) throws IOException {
    List<String> all = new ArrayList<>();
    if (isRoot()) {
      all.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static void unpack(Path directory) throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder("tar", "-x", "-C", directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream packed = PostgresServer.class.getResourceAsStream(ARCHIVE)) {
      if (packed == null) {
        throw new IOException(ARCHIVE + " is not on the class path");
      }
      try (var archive = tar.getOutputStream()) {
        new XZInputStream(packed).transferTo(archive);
      }
    }
    checkEnd(tar, "tar", directory.resolve("none"));
  }

  private static void run(List<String> command, Path directory)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("sluice-postgres", ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    checkEnd(process, String.join(" ", command), output);
    Files.delete(output);
  }

  private static void checkEnd(Process process, String what, Path output)
      throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(what + " did not end");
    }
    if (process.exitValue() != 0) {
      String said = Files.exists(output) ? Files.readString(output) : "";
      throw new IOException(what + " ended with " + process.exitValue() + ":\n" + said);
    }
  }

  private void awaitReady() {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IOException(Files.readString(directory.resolve("log")));
              }
              try (Connection connection = DriverManager.getConnection(url())) {
                return connection.isValid(5);
              } catch (SQLException e) {
                return false;
              }
            });
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=sluice";
  }
}
