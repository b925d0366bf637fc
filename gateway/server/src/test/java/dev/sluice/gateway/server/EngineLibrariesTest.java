package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engines.RocketMQVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the embedded RocketMQ is looked for. */
class EngineLibrariesTest {
  @TempDir private Path folder;

  @Test
  void besideTheProgramOfAnArchive() throws Exception {
    Files.createFile(folder.resolve("rocketmq-broker-" + RocketMQVersion.V5.number() + ".jar"));

    assertThat(EngineLibraries.find(Map.of("sluice.engine", folder.toString())::get))
        .isEqualTo(folder);
  }

  @Test
  void whereACheckoutCollectsIt() {
    assertThat(EngineLibraries.find(System::getProperty))
        .isEqualTo(RocketMQVersion.V5.builtLibDirectory());
  }

  @Test
  void nowhereElseWhichIsToldWithWhatToDo() {
    assertThatThrownBy(() -> EngineLibraries.find(Map.of("sluice.engine", folder + "")::get))
        .isInstanceOf(StartException.class)
        .hasMessageContainingAll("UPSTREAM: not set", folder + "", "--upstream", "sluice-engine-");
    assertThatThrownBy(() -> EngineLibraries.find(name -> null))
        .isInstanceOf(StartException.class)
        .hasMessageContainingAll("UPSTREAM: not set", "--upstream");
  }
}
