package dev.sluice.benchmarks.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The short forms: that all is handled, in order, and nothing is left; not how fast. */
class BusTest {

  @Test
  void drainsOnePartitionInOrderBesideThePeer(@TempDir Path pictures) throws Exception {
    String out =
        run(
            "e1",
            "--keys=20,0",
            "--messages=300",
            "--rounds=1",
            "--warm-up=0",
            "--out=" + pictures);

    List<List<String>> times = table(out, 0);
    assertThat(column(times, "keys")).containsExactly("20", "unordered");
    for (String measured : List.of("ideal s", "sleeps alone s", "Sluice s", "Sluice / ideal")) {
      assertThat(column(times, measured)).as(measured).allMatch(BusTest::isPositive);
    }
    assertThat(column(times, "parallel-consumer s")).allMatch(BusTest::isPositive);
    List<List<String>> details = table(out, 1);
    assertThat(column(details, "who"))
        .containsExactly(
            "sleeps alone",
            "Sluice",
            "parallel-consumer",
            "sleeps alone",
            "Sluice",
            "parallel-consumer");
    assertThat(column(details, "missing")).containsOnly("0");
    assertThat(column(details, "order violations")).containsOnly("0");
    assertThat(Files.readString(pictures.resolve("event-bus-e1.svg")))
        .startsWith("<svg")
        .contains("20 keys", "unordered", "parallel-consumer")
        .endsWith("</svg>\n");
  }

  @Test
  void carriesTrafficOverEachBrokerInOrderAndLeavesNothing(@TempDir Path pictures)
      throws Exception {
    String out =
        run("e2", "--envelopes=300", "--warm-up-envelopes=100", "--rate=1000", "--out=" + pictures);

    List<List<String>> rows = table(out, 0);
    assertThat(column(rows, "over")).containsExactly("memory", "Kafka", "NATS", "RocketMQ");
    for (String measured : List.of("published/s", "end to end/s", "p50 ms", "live heap MB")) {
      assertThat(column(rows, measured)).as(measured).allMatch(BusTest::isPositive);
    }
    assertThat(column(rows, "order violations")).containsOnly("0");
    assertThat(column(rows, "missing")).containsOnly("0");
    assertThat(column(rows, "left: threads, sockets, ledger")).containsOnly("0, 0, 0");
    assertThat(out).doesNotContain("Failed:");
    assertThat(Files.readString(pictures.resolve("event-bus-e2.svg")))
        .contains("300 envelopes", "memory", "Kafka", "NATS", "RocketMQ");
  }

  @Test
  void refusesABrokerThatThereIsNot() {
    var err = new StringWriter();

    int exit =
        new CommandLine(new Bus()).setErr(new PrintWriter(err)).execute("e2", "--over=RABBIT");

    assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("RABBIT").contains("[MEMORY, KAFKA, NATS, ROCKETMQ]");
  }

  private static String run(String... arguments) {
    var out = new StringWriter();
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--jvm=-Xmx128m,-XX:TieredStopAtLevel=1,-XX:+UseSerialGC");
    all.add("--root=" + System.getProperty("sluice.root"));

    int exit =
        new CommandLine(new Bus()).setOut(new PrintWriter(out)).execute(all.toArray(String[]::new));

    assertThat(exit).as(out.toString()).isZero();
    return out.toString();
  }

  private static boolean isPositive(String number) {
    return !number.isEmpty() && Double.parseDouble(number) > 0;
  }

  /** The cells of a table, that of its titles first. */
  private static List<List<String>> table(String out, int which) {
    List<List<List<String>>> tables = new ArrayList<>();
    boolean inside = false;
    for (String line : out.lines().toList()) {
      if (line.startsWith("|") && !inside) {
        tables.add(new ArrayList<>());
      }
      inside = line.startsWith("|");
      if (inside && !line.startsWith("|---")) {
        tables.getLast().add(cells(line));
      }
    }
    return tables.get(which);
  }

  private static List<String> column(List<List<String>> table, String title) {
    int index = table.getFirst().indexOf(title);
    assertThat(index).as("column %s in %s", title, table.getFirst()).isNotNegative();
    return table.stream().skip(1).map(cells -> cells.get(index)).toList();
  }

  private static List<String> cells(String row) {
    return Arrays.stream(row.substring(1, row.length() - 1).split("\\|", -1))
        .map(String::strip)
        .toList();
  }
}
