package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostSettingsTest {
  @Test
  void passesThroughACommandLine() {
    var settings =
        new HostSettings(
            RocketMQVersion.V4,
            Path.of("/data with = and spaces"),
            9876,
            10911,
            new Owner(7, 8),
            true,
            Map.of("flushDiskType", "SYNC_FLUSH", "x", "a=b"));
    assertThat(HostSettings.parse(settings.toArguments().toArray(String[]::new)))
        .isEqualTo(settings);
  }

  @Test
  void namesAnArgumentThatItCannotRead() {
    assertThatThrownBy(() -> HostSettings.parse("data"))
        .hasMessage("argument: data (expected: name=value)");
  }

  @Test
  void namesAnArgumentThatIsMissing() {
    assertThatThrownBy(() -> HostSettings.parse("version=V5", "data=/d"))
        .hasMessage("argument nameServerPort is missing");
  }
}
