package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {
  @TempDir private Path folder;

  @Test
  void connectionsAreWhatTheFilesLeave() throws IOException {
    assertThat(OpenFiles.connections(limits("4096                 524288"), 400)).isEqualTo(3440);
    assertThat(OpenFiles.connections(limits("1024                 1024"), 4000)).isEqualTo(16);
    assertThat(OpenFiles.connections(limits("99999999999          99999999999"), 400))
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void whereTheSystemDoesNotTellThereIsNoLimit() throws IOException {
    assertThat(OpenFiles.connections(limits("unlimited            unlimited"), 400))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(OpenFiles.connections(folder.resolve("none"), 400)).isEqualTo(Integer.MAX_VALUE);
  }

  private Path limits(String files) throws IOException {
    return Files.writeString(
        folder.resolve("limits"),
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max core file size        0                    unlimited            bytes
        Max open files            %s               files
        Max locked memory         8388608              8388608              bytes
        """
            .formatted(files));
  }
}
