package dev.sluice.eventbus.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others have written does nothing to a terminal, and is still what it was. */
class PrintableTest {

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 7, 8, 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x200b, 0x200f, 0x2028, 0x202e, 0x2066, 0xd800,
        0xe000, 0xfeff, 0xe0001
      })
  void whatCouldPlayTricksIsEscaped(int point) {
    String text = "a" + Character.toString(point) + "b";

    assertThat(Printable.line(text)).matches("a(\\\\u[0-9a-f]{4})+b");
    assertThat(Printable.lines(text)).matches("a(\\\\u[0-9a-f]{4})+b");
  }

  @Test
  void whatIsTextIsLeft() {
    String text = "Z\u00fcrich \u4e2d\u6587 \ud83d\ude00 {\"a\": 1}";

    assertThat(Printable.line(text)).isEqualTo(text);
    assertThat(Printable.line("a\nb\tc\rd\\u001b")).isEqualTo("a\\nb\\tc\\rd\\\\u001b");
    assertThat(Printable.lines("a\nb\tc\rd\\n")).isEqualTo("a\nb\tc\\rd\\n");
  }

  @Test
  void whatIsLongIsCutBetweenCharacters() {
    assertThat(Printable.line("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Printable.line("abcdefg", 6)).isEqualTo("abcde\u2026");
    assertThat(Printable.line("abcd\ud83d\ude00gh", 6)).isEqualTo("abcd\u2026");
  }

  @Test
  void aLongBodyIsShownInPartAndSaysSo() {
    String text = "x".repeat(4095) + "\u00fc" + "y".repeat(100);

    assertThat(shown(text.getBytes(StandardCharsets.UTF_8)))
        .startsWith("body: 4,197 bytes, the first 4,096 are shown (--body FILE has all)")
        .contains("x".repeat(4095))
        .doesNotContain("\u00fc", "y\n", "00000000");
    byte[] binary = new byte[600];
    Arrays.fill(binary, (byte) 0xfe);
    assertThat(shown(binary))
        .startsWith("body: 600 bytes, no text, the first 512 are shown (--body FILE has all)")
        .contains("000001f0  fe fe")
        .doesNotContain("00000200");
    assertThat(shown(new byte[0])).isEqualTo("body: empty\n");
  }

  private static String shown(byte[] body) {
    StringWriter text = new StringWriter();
    BodyText.print(body, new PrintWriter(text));
    return text.toString();
  }
}
