package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the file of settings may hold, and what is told where it holds something else. */
class SettingsFileTest {
  private static final String KEY = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;

  @Test
  void whatTheFileHoldsIsNotQuotedWhereItIsNoYaml() throws IOException {
    Path file = file("cluster-key: \"" + KEY + "\ngrpc-port: [");

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .hasMessageContaining("no YAML: line")
        .hasMessageNotContaining(KEY);
  }

  @Test
  void theEnvironmentMayNameTheFile() throws IOException {
    Path file = file("GRPC_PORT: 7");

    Settings settings =
        Settings.read(Map.of(), Optional.empty(), Map.of("SLUICE_CONFIG", file.toString()));

    assertThat(settings.network().grpcPort()).isEqualTo(7);
  }

  @Test
  void aListInTheFileIsAsGoodAsCommas() throws IOException {
    Path file =
        file(
            """
            allowed-endpoints:
              - a:1
              - b:2
            """);

    Settings settings = Settings.read(Map.of(), Optional.of(file), Map.of());

    assertThat(settings.allowedEndpoints()).containsExactly("a:1", "b:2");
  }

  @Test
  void anUnknownSettingInTheFileIsRefusedWithTheNearestName() throws IOException {
    Path file = file("grpc-prot: 7");

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .hasMessage(file + ": grpc-prot is no setting (did you mean grpc-port?)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          - 1                  | no settings
          grpc-port: [           | no YAML
          grpc-port: {a: 1}      | has settings under it
          """)
  void aFileThatIsNoSettingsIsRefused(String content, String told) throws IOException {
    Path file = file(content);

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(told);
  }

  @Test
  void twoSpellingsOfOneSettingAreRefused() throws IOException {
    Path file =
        file(
            """
            grpc-port: 1
            GRPC_PORT: 2
            """);

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .hasMessageContaining("GRPC_PORT is there twice");
  }

  @Test
  void aMissingFileIsRefused() {
    Path file = folder.resolve("none.yaml");

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .hasMessageContaining(file + ": no such file");
  }

  @Test
  void anEmptyFileSetsNothing() throws IOException {
    Settings settings = Settings.read(Map.of(), Optional.of(file("")), Map.of());

    assertThat(settings.network().grpcPort()).isEqualTo(50_051);
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("sluice.yaml"), content);
  }
}
