package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkTest {

  @Test
  void itIsReadAsItWasWritten() {
    Mark mark = new Mark(35, 123_456_789_012L);

    assertThat(Mark.read(mark.text("1f00"), "1f00")).isEqualTo(mark);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1f00", "1f00.", "1f00.1", "1f00.1.", "1f00..1", "1f00.!.1", "2f00.1.1", ".."})
  void whatIsNotOfThisRunIsNone(String text) {
    assertThat(Mark.read(text, "1f00")).isNull();
  }
}
