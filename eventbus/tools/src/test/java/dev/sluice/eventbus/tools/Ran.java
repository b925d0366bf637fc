package dev.sluice.eventbus.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A command that was run in this process.
 *
 * @param code that it ended with
 * @param raw all that it printed
 * @param err what it told beside that
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Ran(int code, byte[] raw, String err) {

  static Ran command(Map<String, String> environment, List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        BusTools.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            arguments.toArray(String[]::new));
    return new Ran(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  /** A command whose words have no blanks in them. */
  static Ran command(String words) {
    return command(Map.of(), List.of(words.strip().split(" +")));
  }

  String out() {
    return new String(raw, StandardCharsets.UTF_8);
  }

  List<String> lines() {
    return out().lines().toList();
  }

  Ran assertWell() {
    assertThat(code).as("%s%s", out(), err).isEqualTo(ExitCodes.OK);
    return this;
  }

  void assertFailed(int expected, String told) {
    assertThat(err).contains(told).startsWith("sluice: ");
    assertThat(code).as(err).isEqualTo(expected);
    assertThat(out()).isEmpty();
  }
}
