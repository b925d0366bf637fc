package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What profiles preset, and what wins over them. */
class ProfileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Profile.class)
  void aProfileWinsOverDefaultsAndOverNothingElse(Profile profile) throws IOException {
    // given
    Path file = file("batch-size: 3");

    // when
    SettingValues alone =
        SettingValues.read(flags(Setting.PROFILE, profile.word()), Optional.empty(), Map.of());
    SettingValues beside =
        SettingValues.read(
            flags(Setting.MAX_CONCURRENT, "1"),
            Optional.of(file),
            Map.of("PROFILE", profile.word(), "MESSAGE_BUFFER_SIZE", "2"));

    // then
    for (Setting setting : Setting.values()) {
      String preset = profile.presets().get(setting);
      if (setting != Setting.PROFILE) {
        assertThat(alone.given(setting).text())
            .isEqualTo(preset == null ? setting.standard() : preset);
      }
    }
    assertThat(beside.number(Setting.MAX_CONCURRENT)).isEqualTo(1);
    assertThat(beside.number(Setting.MESSAGE_BUFFER_SIZE)).isEqualTo(2);
    assertThat(beside.number(Setting.BATCH_SIZE)).isEqualTo(3);
  }

  @Test
  void theProfilesAreThoseThatTheSettingNamesWithValuesThatAreAllowed() {
    assertThat(Stream.of(Profile.values()).map(Profile::word))
        .containsExactlyElementsOf(((SettingKind.Choice) Setting.PROFILE.kind()).words());
    for (Profile profile : Profile.values()) {
      profile
          .presets()
          .forEach((setting, value) -> assertThat(setting.kind().read(value)).isNotNull());
    }
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("sluice.yaml"), content);
  }

  private static Map<Setting, String> flags(Setting setting, String value) {
    return new EnumMap<>(Map.of(setting, value));
  }
}
