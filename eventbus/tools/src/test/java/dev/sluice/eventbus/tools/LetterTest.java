package dev.sluice.eventbus.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.InboundMessage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Dead letters with tricks in them, as another program may have put them there. */
class LetterTest {
  private static final Instant TIME = Instant.parse("2026-03-01T09:30:00.123456789Z");
  private static final String TRICKS = "a\u001b[2J\tb\nc\u009bd\u202ee\u007ff\\u0041";

  private static DeadLetter letter(@Nullable String key, String text) {
    var message =
        new InboundMessage(
            "orders", "p", 7, key, text.getBytes(UTF_8), Map.of(text, text), TIME, 3);
    return new DeadLetter(message, text + "@1", text, 3, text, TIME, 1);
  }

  private static String table(DeadLetter letter) {
    StringWriter text = new StringWriter();
    LetterTable table = new LetterTable();
    table.add(letter);
    table.print(new PrintWriter(text));
    return text.toString();
  }

  private static String shown(DeadLetter letter) {
    StringWriter text = new StringWriter();
    LetterText.print(letter, new PrintWriter(text));
    return text.toString();
  }

  private static void assertPlain(String text) {
    assertThat(text).matches("[ -~\n]*");
  }

  @Test
  void aLineOfTheTableIsOneLineWithoutTricks() {
    String table = table(letter(TRICKS, TRICKS));

    assertPlain(table);
    assertThat(table).hasLineCount(2);
    assertThat(table.lines().toList().getLast())
        .contains("a\\u001b[2J\\tb\\nc\\u009bd\\u202ee\\u007ff\\\\u0041@1  ")
        .contains("  2026-03-01T09:30:00.123Z  3         1        ");
  }

  @Test
  void whatIsMissingIsADashAndWhatIsLongIsCut() {
    assertThat(table(letter(null, ""))).endsWith("  -    -\n");

    assertThat(table(letter("k".repeat(65), "r".repeat(161))))
        .endsWith("  " + "k".repeat(63) + "\u2026  " + "r".repeat(159) + "\u2026\n");
  }

  @Test
  void jsonIsOneLineOfAsciiWithNothingCut() {
    String long161 = "r".repeat(161);

    String whole = LetterJson.whole(letter(TRICKS, TRICKS));

    assertPlain(whole);
    assertThat(whole)
        .hasLineCount(1)
        .contains("\"key\":\"a\\u001B[2J\\tb\\nc\\u009Bd\\u202Ee\\u007Ff\\\\u0041\"")
        .contains("\"failed_at\":\"2026-03-01T09:30:00.123456789Z\"");
    assertThat(LetterJson.listed(letter(null, long161)))
        .contains("\"key\":null", "\"reason\":\"" + long161 + "\"", "\"body_bytes\":161")
        .doesNotContain("\"body\"");
  }

  @Test
  void aLetterIsShownLineByLineWithoutTricks() {
    String shown = shown(letter(TRICKS, TRICKS));

    assertThat(shown).matches("[ -~\\n\\t]*");
    assertThat(shown)
        .contains("key:          a\\u001b[2J\\tb\\nc")
        .contains("key:")
        .hasLineCount(15);
    assertThat(shown(letter(null, "x"))).contains("\nkey:\npublished at: 2026-03-01");
  }
}
