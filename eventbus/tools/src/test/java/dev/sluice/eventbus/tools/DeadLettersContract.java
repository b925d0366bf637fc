package dev.sluice.eventbus.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.TopicNames;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, on a broker of some kind, beside a live member of the group that they look at. */
abstract class DeadLettersContract {
  private static final String KEY = "order:1";

  @TempDir private Path folder;
  private String group = "";
  private String topic = "";

  /** Where the broker is, as {@code --bus} has it. */
  protected abstract String address();

  /** A member, not started, for topics that exist or that it makes. */
  protected abstract EventBus member(BusOptions options);

  /** How many members the broker knows of a group. */
  protected abstract int members(String group) throws Exception;

  /** What was left behind at the broker by readers of the group's dead letters of a topic. */
  protected abstract List<String> leftBehind(BusOptions options) throws Exception;

  @BeforeEach
  void nameThem() {
    group = TopicNames.unique("shop").replace('%', '_');
    topic = TopicNames.unique("orders").replace('%', '_');
  }

  private Ran run(String command, String... more) {
    List<String> line = new ArrayList<>(List.of("dead-letters", command, "--bus", address()));
    line.addAll(List.of("-g", group, "-t", topic, "--timeout", "60s"));
    line.addAll(List.of(more));
    return Ran.command(Map.of(), line);
  }

  @Test
  void deadLettersAreListedShownAndReplayedAndAMemberKeepsWhatItHas() throws Exception {
    BusOptions options = BusOptions.of(group, topic);
    try (Shop shop = new Shop(member(options))) {
      byte[] binary = {(byte) 0xff, 0, 1, 'A'};
      shop.fail(
          new OutboundMessage(KEY, "{\"total\": 12.50}".getBytes(UTF_8), Map.of("of", "one")),
          new OutboundMessage(KEY, "zw\u00f6lf\u001b]0;x".getBytes(UTF_8), Map.of()),
          new OutboundMessage(KEY, binary, Map.of()));
      shop.mend();
      long rebalances = shop.rebalances();

      List<String> listed = assertListed();
      assertShown(listed, binary);
      assertThat(members(group)).isEqualTo(1);
      assertThat(leftBehind(options)).isEmpty();
      assertReplayed(listed);

      assertThat(shop.awaitHandled(3))
          .extracting(message -> new String(message.body(), UTF_8))
          .containsExactly(new String(binary, UTF_8), "{\"total\": 12.50}", "zw\u00f6lf\u001b]0;x");
      assertThat(shop.awaitHandled(3)).extracting(InboundMessage::key).containsOnly(KEY);
      assertThat(shop.rebalances()).as("the member keeps its partitions").isEqualTo(rebalances);
      assertThat(members(group)).isEqualTo(1);
    }
  }

  /** Returns the positions. */
  private List<String> assertListed() {
    Ran listed = run("list").assertWell();
    List<String> lines = listed.lines();
    assertThat(lines).hasSize(4);
    assertThat(lines.getFirst()).matches("POSITION +FAILED_AT +ATTEMPTS +REPLAYS +KEY +REASON");
    for (String line : lines.subList(1, 4)) {
      String cell = "\\S+@\\d+ +20\\S+Z +2 +0 +order:1 +";
      assertThat(line).matches(cell + "java.lang.IllegalStateException: the till is stuck");
    }
    assertThat(listed.err()).isEmpty();
    List<String> positions =
        lines.stream().skip(1).map(line -> line.substring(0, line.indexOf(' '))).toList();

    Ran some = run("list", "--max", "2").assertWell();
    assertThat(some.lines()).hasSize(3);
    assertThat(some.err()).contains("There may be more: --from " + positions.get(1));
    Ran rest = run("list", "--json", "--from", positions.get(1)).assertWell();
    assertThat(rest.lines()).hasSize(1);
    assertThat(rest.out())
        .startsWith("{\"position\":\"" + positions.get(2) + "\",\"group\":\"" + group + "\"")
        .contains("\"topic\":\"" + topic + "\"", "\"key\":\"order:1\"")
        .contains("\"attempts\":2", "\"replays\":0", "\"headers\":{}", "\"body_bytes\":4")
        .doesNotContain("\"body\":", "base64");
    Ran none = run("list", "--from", positions.get(2)).assertWell();
    assertThat(none.out()).isEmpty();
    assertThat(none.err()).startsWith("No dead letters of topic " + topic + " in group " + group);
    return positions;
  }

  private void assertShown(List<String> positions, byte[] binary) throws Exception {
    Ran first = run("show", positions.getFirst()).assertWell();
    assertThat(first.out())
        .contains("position:     " + positions.getFirst() + "\n")
        .contains("key:          order:1\n")
        .contains("attempts:     2\n", "header:       of: one\n")
        .contains("reason:       java.lang.IllegalStateException: the till is stuck\n")
        .endsWith("body: 16 bytes\n{\"total\": 12.50}\n");
    assertThat(run("show", positions.get(1)).assertWell().out())
        .endsWith("zw\u00f6lf\\u001b]0;x\n");
    assertThat(run("show", positions.get(1), "--json").assertWell().out())
        .contains("\"body\":\"zw\\u00F6lf\\u001B]0;x\"");

    String last = positions.get(2);
    assertThat(run("show", last).assertWell().out()).contains("00000000  ff 00 01 41 ", "|...A|");
    assertThat(run("show", last, "--json").assertWell().out())
        .contains("\"body_base64\":\"/wABQQ==\"");
    assertThat(run("show", last, "--body", "-").assertWell().raw()).isEqualTo(binary);
    Path file = folder.resolve("body");
    assertThat(run("show", last, "--body", file.toString()).assertWell().out()).contains("offset:");
    assertThat(Files.readAllBytes(file)).isEqualTo(binary);
    Ran again = run("show", last, "--body", file.toString());
    assertThat(again.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(again.err()).contains("--body: " + file + " exists");
  }

  private void assertReplayed(List<String> positions) {
    String last = positions.getLast();
    run("replay", last, last.substring(0, last.lastIndexOf('@')) + "@999999")
        .assertFailed(ExitCodes.FAILED, "@999999 (expected: that of a dead letter");
    assertThat(run("replay", last).assertWell().out())
        .matches("Replayed \\Q" + last + "\\E as \\S+@\\d+\\.\n");
    assertThat(run("replay", "--all", "--max", "1").assertWell().out())
        .isEqualTo("Replayed 1; 1 left.\n");
    assertThat(run("replay", "--all", "--json").assertWell().out())
        .isEqualTo("{\"replayed\":1,\"left\":0}\n");
    assertThat(run("replay", "--all").assertWell().out()).isEqualTo("Replayed 0; 0 left.\n");
    assertThat(run("list").assertWell().lines()).as("they stay").hasSize(4);
  }

  @Test
  void whatIsNotThereIsNamedAndNothingIsMade() throws Exception {
    BusOptions options = BusOptions.of(group, topic);
    String missing = address() + " has no " + options.deadLetterTopic(topic) + " (expected: ";

    run("list").assertFailed(ExitCodes.FAILED, missing);
    run("replay", "--all").assertFailed(ExitCodes.FAILED, missing);
    run("show", "nowhere").assertFailed(ExitCodes.USAGE, "position: nowhere (expected: ");

    assertThat(members(group)).isZero();
    assertThat(leftBehind(options)).isEmpty();
  }
}
