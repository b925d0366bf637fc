package dev.sluice.gateway.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterKeyTest {

  private static final String HEX = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;

  @Test
  void keyIsMadeOnceAndReadableByItsOwnerAlone() throws IOException {
    Path file = folder.resolve("data").resolve("cluster.key");
    ClusterKey made = ClusterKey.loadOrCreate(file);
    ClusterKey read = ClusterKey.loadOrCreate(file);
    assertThat(read.keys()).usingRecursiveComparison().isEqualTo(made.keys());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var left = Files.list(folder.resolve("data"))) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void fileThatOthersMayReadIsRefused() throws IOException {
    Path file = folder.resolve("cluster.key");
    Files.writeString(file, HEX);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> ClusterKey.loadOrCreate(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rw-r--r--")
        .hasMessageContaining("expected: rw-------");
  }

  @Test
  void hexAndBase64AreTheSameKey() {
    String base64 = Base64.getEncoder().encodeToString(java.util.HexFormat.of().parseHex(HEX));
    for (String text : List.of(HEX, " " + HEX + "\n", base64, base64.replace("=", ""))) {
      assertThat(ClusterKey.parse(text).keys())
          .usingRecursiveComparison()
          .isEqualTo(ClusterKey.parse(HEX).keys());
    }
  }

  @Test
  void malformedKeyIsRefusedWithoutBeingQuoted() {
    for (String text : List.of("", "secret", HEX + ",", "z".repeat(64), HEX + "ab")) {
      assertThatThrownBy(() -> ClusterKey.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: 1 to 8 keys")
          .hasMessageNotContaining("secret")
          .hasMessageNotContaining("zzz");
    }
    assertThat(ClusterKey.parse(HEX)).hasToString("ClusterKey[1]");
  }

  @Test
  void rotationByOverlapOpensWhatTheOldKeySealed() {
    String other = "f".repeat(64);
    byte[] payload = {1, 2, 3};
    var purpose = Sealer.Purpose.HANDLE;
    Sealer before = Sealer.with(ClusterKey.parse(HEX));
    Sealer prepared = Sealer.with(ClusterKey.parse(HEX + "," + other));
    Sealer rotated = Sealer.with(ClusterKey.parse(other + "," + HEX));
    Sealer after = Sealer.with(ClusterKey.parse(other));

    assertThat(rotated.open(purpose, before.seal(purpose, payload))).contains(payload);
    assertThat(prepared.open(purpose, rotated.seal(purpose, payload))).contains(payload);
    assertThat(after.open(purpose, rotated.seal(purpose, payload))).contains(payload);
    assertThat(after.open(purpose, before.seal(purpose, payload))).isEmpty();
    assertThat(before.open(purpose, prepared.seal(purpose, payload))).contains(payload);
  }
}
