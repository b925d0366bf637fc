package dev.sluice.gateway.classic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicHandleTest {

  @ParameterizedTest
  @ValueSource(strings = {"broker-a", "a name with spaces"})
  void isReadAsItWasWritten(String broker) {
    var handle = new ClassicHandle("t0ken", 7, true, 3, 1L << 40, broker);

    assertThat(ClassicHandle.parse(handle.encode())).isEqualTo(handle);
    assertThat(handle.storedTopic("orders", "group")).isEqualTo("%RETRY%group");
    assertThat(new ClassicHandle("t", 1, false, 0, 0, broker).storedTopic("orders", "group"))
        .isEqualTo("orders");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "4 token 1 t 0 0",
        "4 token 1 t 0 0 ",
        "5 token 1 t 0 0 b",
        "4 token 1 x 0 0 b",
        "4 token 1 t -1 0 b",
        "4 token 1 t 0 -1 b",
        "4 token one t 0 0 b",
        "4 token 1 t 0 99999999999999999999 b"
      })
  void whatIsNoneIsRefusedAndNotRepeated(String text) {
    GatewayException refusal =
        catchThrowableOfType(GatewayException.class, () -> ClassicHandle.parse(text));

    assertThat(refusal.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(refusal.subject()).isEqualTo(GatewayException.Subject.HANDLE);
    assertThat(refusal.getMessage()).doesNotContain("token");
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "2, 1", "4, 2", "25, 4", "660, 14", "7200, 18", "43200, 18"})
  void theNearestLevelOfADelayIsFound(long seconds, int level) {
    assertThat(SendBacks.level(Duration.ofSeconds(seconds).toNanos())).isEqualTo(level);
  }

  @Test
  void whatNobodyCanReadComesEverLater() {
    assertThat(SendBacks.levelOfAttempt(1)).isEqualTo(3);
    assertThat(SendBacks.levelOfAttempt(5)).isEqualTo(7);
    assertThat(SendBacks.levelOfAttempt(1_000_000)).isEqualTo(18);
  }
}
