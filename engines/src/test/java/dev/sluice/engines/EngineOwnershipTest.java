package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines started by other JVMs, which then end in every way. */
class EngineOwnershipTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endWhatWasStarted() {
    started.forEach(Process::destroyForcibly);
  }

  @ParameterizedTest
  @CsvSource({"KILL, V5", "TERM, V5", "KILL, V4", "TERM, V4"})
  void anEngineEndsWithItsParent(String signal, RocketMQVersion version) throws Exception {
    // given
    Process parent = java("own", directory.toString(), version.name());
    ProcessHandle engine = engineOf(parent);
    assertThat(engine.isAlive()).isTrue();
    // when
    new ProcessBuilder("kill", "-" + signal, Long.toString(parent.pid())).start().waitFor();
    // then
    await().atMost(PATIENCE).until(() -> !engine.isAlive());
    assertThat(parent.waitFor()).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "frozen-kafka"})
  void aKafkaEngineEndsWithItsKilledParent(String state) throws Exception {
    // given
    Process parent = java(state, directory.toString());
    ProcessHandle engine = engineOf(parent);
    assertThat(engine.isAlive()).isTrue();
    // when
    parent.destroyForcibly();
    // then
    await().atMost(PATIENCE).until(() -> !engine.isAlive());
  }

  @ParameterizedTest
  @EnumSource
  void aSharedEngineOutlivesTheJvmThatStartedItButNotItsOwner(RocketMQVersion version)
      throws Exception {
    // given
    Process owner = new ProcessBuilder("sleep", "300").start();
    started.add(owner);
    String ownerText = Owner.of(owner.toHandle()).format();
    // when
    Process first = java("shared", directory.toString(), version.name(), ownerText);
    ProcessHandle engine = engineOf(first);
    assertThat(first.waitFor()).isZero();
    Process second = java("shared", directory.toString(), version.name(), ownerText);
    // then
    assertThat(engineOf(second)).isEqualTo(engine);
    assertThat(second.waitFor()).isZero();
    assertThat(engine.isAlive()).isTrue();
    // when
    owner.destroyForcibly();
    // then
    await().atMost(PATIENCE).until(() -> !engine.isAlive());
  }

  private Process java(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(RocketMQEngineOptions.ownJavaHome().resolve("bin/java").toString());
    command.add("-Dsluice.root=" + RocketMQEngineOptions.sourceRoot());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(EngineParent.class.getName());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private static ProcessHandle engineOf(Process parent) throws IOException {
    BufferedReader output = parent.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("pid=")) {
        long pid = Long.parseLong(line.substring("pid=".length()));
        return ProcessHandle.of(pid).orElseThrow();
      }
    }
    throw new IllegalStateException("the parent ended without an engine");
  }
}
