package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.EngineException.Reason;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineStartFailureTest {
  private static final long GIB = 1L << 30;

  @TempDir private Path directory;

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      EngineException e =
          failure(RocketMQEngine.in(directory).nameServerPort(EnginePort.exactly(port)));
      assertThat(e.reason()).isEqualTo(Reason.PORT_IN_USE);
      assertThat(e).hasMessageStartingWith("name server port: " + port + " is in use");
    }
  }

  @Test
  void theBrokersSecondPortIsNamedToo() throws Exception {
    int port = LoopbackPorts.choose("broker", EnginePort.free(), 0, -2, 1);
    try (ServerSocket taken = new ServerSocket(port - 2, 1, InetAddress.getLoopbackAddress())) {
      assertThat(taken.isBound()).isTrue();
      EngineException e =
          failure(RocketMQEngine.in(directory).brokerPort(EnginePort.exactly(port)));
      assertThat(e.reason()).isEqualTo(Reason.PORT_IN_USE);
      assertThat(e)
          .hasMessageStartingWith(
              "broker port: " + port + " cannot be used, since it also needs " + (port - 2));
    }
  }

  @Test
  void aPreferredPortInUseIsReplaced() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(LoopbackPorts.choose("name server", EnginePort.preferably(port), 0))
          .isNotEqualTo(port);
    }
  }

  @Test
  void aFileInThePlaceOfTheDataDirectoryIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("data"), "not a directory");
    EngineException e = failure(RocketMQEngine.in(file));
    assertThat(e.reason()).isEqualTo(Reason.DATA_DIRECTORY);
    assertThat(e).hasMessageContaining(file.toString()).hasMessageContaining("expected:");
  }

  @Test
  void missingLibrariesAreNamedWithWhatCollectsThem() {
    EngineException e =
        failure(RocketMQEngine.in(directory).libDirectory(directory.resolve("lib")));
    assertThat(e.reason()).isEqualTo(Reason.LIBRARIES);
    assertThat(e)
        .hasMessageContaining(directory.resolve("lib").toString())
        .hasMessageContaining("mvn -pl engines/rocketmq-5 process-resources");
  }

  @Test
  void aJavaHomeWithoutJavaIsNamed() {
    EngineException e = failure(RocketMQEngine.in(directory).javaHome(directory));
    assertThat(e.reason()).isEqualTo(Reason.JAVA);
    assertThat(e).hasMessageContaining(directory + " has no bin/java");
  }

  @Test
  void aJavaThatIsTooOldIsNamed() throws Exception {
    Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"17.0.9\"\n");
    EngineException e = failure(RocketMQEngine.in(directory).javaHome(directory.resolve("jdk")));
    assertThat(e.reason()).isEqualTo(Reason.JAVA);
    assertThat(e).hasMessageContaining("is Java 17.0.9 (expected: 21 or later)");
  }

  @Test
  void whatAProcessPrintedBeforeItsEarlyEndIsTold() {
    EngineException e = failure(RocketMQEngine.in(directory).jvmOptions("-XX:+NoSuchOption"));
    assertThat(e.reason()).isEqualTo(Reason.ENDED_EARLY);
    assertThat(e).hasMessageContaining("Unrecognized VM option 'NoSuchOption'");
  }

  @Test
  void aStartThatTakesTooLongLeavesNothingRunning() {
    Set<Long> before = children();
    EngineException e = failure(RocketMQEngine.in(directory).startTimeout(Duration.ofMillis(200)));
    assertThat(e.reason()).isEqualTo(Reason.TIMEOUT);
    assertThat(e).hasMessageContaining("PT0.2S");
    await().untilAsserted(() -> assertThat(children()).isEqualTo(before));
  }

  @Test
  void aFullDiskIsToldWithWhatIsFreeAndWhatIsNeeded() {
    var full = new DataDirectory.DiskSpace(100 * GIB, 5 * GIB, 5 * GIB);
    EngineException e =
        catchThrowableOfType(EngineException.class, () -> full.check(Path.of("/data")));
    assertThat(e.reason()).isEqualTo(Reason.DISK_SPACE);
    assertThat(e)
        .hasMessageStartingWith("data directory: /data has 5120 MiB free")
        .hasMessageContaining("10 GiB or more");
  }

  @Test
  void aDiskWithRoomIsAccepted() {
    var room = new DataDirectory.DiskSpace(100 * GIB, 20 * GIB, 15 * GIB);
    assertThatCode(() -> room.check(Path.of("/data"))).doesNotThrowAnyException();
  }

  @Test
  void settingsOfTheOtherVersionAreRefusedBeforeAnythingIsStarted() {
    assertThatThrownBy(
            () ->
                RocketMQEngine.in(directory)
                    .version(RocketMQVersion.V4)
                    .libDirectory(directory)
                    .authenticating("owner", "secret")
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "broker setting: .* is of RocketMQ 5.5.0 \\(expected: one that RocketMQ 4.9.7 has\\)");
    assertThatThrownBy(
            () ->
                RocketMQEngine.in(directory)
                    .version(RocketMQVersion.V4)
                    .libDirectory(directory)
                    .brokerSetting("timerWheelEnable", "false")
                    .build())
        .hasMessageContaining("timerWheelEnable is of RocketMQ 5.5.0");
    assertThatThrownBy(
            () ->
                RocketMQEngine.in(directory)
                    .libDirectory(directory)
                    .accounts(AclAccount.admin("the-owner", "the-secret"))
                    .build())
        .hasMessageContaining("aclEnable is of RocketMQ 4.9.7");
  }

  @Test
  void aSettingThatABrokerOf4DoesNotHaveIsNamed() {
    EngineException e =
        failure(
            RocketMQEngine.in(directory)
                .version(RocketMQVersion.V4)
                .quickStart()
                .brokerSetting("notASetting", "1"));
    assertThat(e.reason()).isEqualTo(Reason.ENDED_EARLY);
    assertThat(e)
        .hasMessageContaining(
            "broker setting: notASetting (expected: one that RocketMQ 4.9.7 has)");
  }

  @Test
  void dataOfTheOtherVersionIsNamed() throws Exception {
    Files.createDirectories(directory.resolve("conf"));
    Files.writeString(HostFiles.brokerFile(directory), "listenPort=10911\n");
    EngineException e = failure(RocketMQEngine.in(directory).version(RocketMQVersion.V4));
    assertThat(e.reason()).isEqualTo(Reason.DATA_DIRECTORY);
    assertThat(e).hasMessageContaining("has data of RocketMQ 5.5.0 (expected: of 4.9.7");
  }

  private static EngineException failure(RocketMQEngineOptions.Builder options) {
    return catchThrowableOfType(EngineException.class, options::start);
  }

  private static Set<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
  }
}
