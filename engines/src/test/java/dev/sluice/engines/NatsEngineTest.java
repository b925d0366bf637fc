package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NatsEngineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String STREAM =
      "{\"name\":\"kept\",\"subjects\":[\"kept\"],\"storage\":\"file\"}";

  @TempDir private Path directory;

  @Test
  void keepsItsDataAndItsPortWhenItIsKilledAndLeavesNoProcess(Ledger ledger) throws Exception {
    // given
    NatsEngine engine = NatsEngine.start(NatsEngineOptions.in(directory).ledger(ledger));
    NatsRequests requests = new NatsRequests(engine.port());
    assertThat(requests.ask("$JS.API.STREAM.CREATE.kept", STREAM)).contains("\"created\"");
    assertThat(requests.ask("kept", "first")).contains("\"seq\":1");
    long first = engine.pid();
    // when
    EngineExit exit =
        engine.kill().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    // then
    assertThat(exit.code()).isEqualTo(128 + 9);
    assertThat(engine.isAlive()).isFalse();
    // when
    engine.restart();
    // then
    assertThat(engine.pid()).isNotEqualTo(first);
    assertThat(requests.ask("kept", "second")).contains("\"seq\":2");
    ProcessHandle process = ProcessHandle.of(engine.pid()).orElseThrow();
    // when
    CloseReport report = engine.close(Deadline.after(Duration.ofSeconds(20)));
    // then
    assertThat(report.clean()).as(report::describe).isTrue();
    await().atMost(PATIENCE).until(() -> !process.isAlive());
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), engine.port()).close())
        .isInstanceOf(ConnectException.class);
    await().atMost(PATIENCE).until(() -> processesOn(directory).isEmpty());
    assertThatThrownBy(engine::restart).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesASecondEngineOnItsData(Ledger ledger) {
    NatsEngineOptions options = NatsEngineOptions.in(directory).ledger(ledger);
    try (NatsEngine engine = NatsEngine.start(options)) {
      assertThatThrownBy(() -> NatsEngine.start(options))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(EngineException.Reason.LOCKED));
      assertThat(engine.isAlive()).isTrue();
    }
    NatsEngine.start(options).close();
  }

  @Test
  void saysWhatTheServerSaidWhenItCannotStart() {
    NatsEngineOptions wrong = NatsEngineOptions.in(directory).configuration("max_payload: \"?\"");
    assertThatThrownBy(() -> NatsEngine.start(wrong))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("nats-server.conf:3");
    await().atMost(PATIENCE).until(() -> processesOn(directory).isEmpty());
    NatsEngineOptions none = NatsEngineOptions.in(directory).executable(Path.of("/dev/null"));
    assertThatThrownBy(() -> NatsEngine.start(none))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("/dev/null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "TERM"})
  void endsWithItsParent(String signal) throws Exception {
    // given
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Dsluice.root=" + RocketMQEngineOptions.sourceRoot(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      BufferedReader output = parent.inputReader();
      ProcessHandle server = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      assertThat(server.isAlive()).isTrue();
      // when
      new ProcessBuilder("kill", "-" + signal, Long.toString(parent.pid())).start().waitFor();
      // then
      await().atMost(PATIENCE).until(() -> !server.isAlive());
      await().atMost(PATIENCE).until(() -> processesOn(directory).isEmpty());
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void isFoundOnThePathAndOtherwiseUnpackedFromThePackage() throws Exception {
    Path file = Files.createFile(directory.resolve("nats-server"));
    assertThat(NatsServerBinary.installed("/nowhere::" + directory))
        .isNotEqualTo(Optional.of(file));
    assertThat(file.toFile().setExecutable(true)).isTrue();
    assertThat(NatsServerBinary.installed("/nowhere::" + directory)).contains(file);
    // when
    Path unpacked = NatsServerBinary.unpacked(directory.resolve("cache"));
    // then
    Process version = new ProcessBuilder(unpacked.toString(), "--version").start();
    assertThat(version.inputReader().readLine()).startsWith("nats-server: v2.");
    assertThat(version.waitFor()).isZero();
    assertThat(NatsServerBinary.unpacked(directory.resolve("cache"))).isEqualTo(unpacked);
  }

  private static List<ProcessHandle> processesOn(Path directory) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(directory.toString()))
        .filter(process -> !process.info().command().orElse("").endsWith("java"))
        .toList();
  }

  /** Starts an engine, prints its process, and waits to be killed. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      NatsEngine engine = NatsEngine.start(NatsEngineOptions.in(Path.of(arguments[0])));
      System.out.println(engine.pid());
      new CountDownLatch(1).await();
    }
  }
}
