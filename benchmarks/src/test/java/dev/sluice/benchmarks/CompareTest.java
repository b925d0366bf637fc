package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The short forms of the comparison: that they measure something, not what. */
class CompareTest {

  // Of its own: its load would be in the way of other tests.
  private static RocketMQEngine engine;

  @BeforeAll
  static void startEngine(@TempDir Path data) {
    engine = RocketMQEngine.in(data).quickStart().heapMegabytes(512).start();
  }

  @AfterAll
  static void closeEngine() {
    engine.close();
  }

  @Test
  void measuresTheServersSideBySide() {
    String out = every("s1,t1", "FLOOR,SLUICE,APACHE");

    assertThat(section(out, "S1, F1, M1")).containsExactly("FLOOR", "SLUICE", "APACHE");
    assertThat(section(out, "T1")).containsExactly("SLUICE", "APACHE");
    assertThat(out).contains("SLUICE / APACHE", "SLUICE / FLOOR");
  }

  /** At one server: a peer's start costs more than all that is measured here. */
  @Test
  void measuresWhatTheOfficialSdkDoes() {
    String out = every("s2,r1,d1", "SLUICE");

    for (String title : List.of("S2", "R1", "D1")) {
      assertThat(section(out, title)).as(title).containsExactly("SLUICE");
    }
  }

  private static String every(String workloads, String peers) {
    String out =
        run(
            "all",
            "--workloads=" + workloads,
            "--peers=" + peers,
            "--in-flight=10",
            "--count=500",
            "--rate=50",
            "--warm-up=1",
            "--measure=1");
    assertThat(out).doesNotContain("Failed:");
    return out;
  }

  @Test
  void measuresClientsBesideTheOfficialOne() {
    String many =
        run("l1", "--clients=COALESCING,OFFICIAL", "--in-flight=10", "--warm-up=1", "--measure=1");
    String single = run("l2", "--clients=SLUICE,OFFICIAL", "--warm-up=1", "--measure=1");

    assertThat(section(many, "L1")).containsExactly("COALESCING", "OFFICIAL");
    assertThat(many).doesNotContain("Failed:").contains("COALESCING / OFFICIAL");
    assertThat(section(single, "L2")).containsExactly("SLUICE", "OFFICIAL");
    assertThat(single).doesNotContain("Failed:").contains("SLUICE / OFFICIAL");
  }

  @Test
  void sendsThroughTheServiceThatOnlySluiceHas() {
    String out = run("s1", "--service=proxy", "--in-flight=10", "--warm-up=1", "--measure=1");

    assertThat(section(out, "`SendMessage` of `rocketmq.RocketMQProxy`")).containsExactly("SLUICE");
    assertThat(out).doesNotContain("Failed:");
  }

  @Test
  void refusesAWorkloadThatThereIsNot() {
    var err = new StringWriter();

    int exit =
        new CommandLine(new Compare())
            .setErr(new PrintWriter(err))
            .execute("all", "--workloads=s3", "--root=" + System.getProperty("sluice.root"));

    assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("--workloads: s3 (expected: s1, s2, r1, d1, t1, l1 or l2)");
  }

  private static String run(String... arguments) {
    var out = new StringWriter();
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(
        List.of(
            "--rounds=1",
            "--apache-heap=384",
            "--upstream=" + engine.nameServerAddress(),
            "--root=" + System.getProperty("sluice.root")));

    int exit =
        new CommandLine(new Compare())
            .setOut(new PrintWriter(out))
            .execute(all.toArray(String[]::new));

    assertThat(exit).as(out.toString()).isZero();
    return out.toString();
  }

  /**
   * The servers of a section's rows, each of which must show a cost, and one of which a rate: on a
   * busy machine a turn of seconds may pass by without a message.
   */
  private static List<String> section(String out, String title) {
    String text =
        Stream.of(out.split("(?m)^## ", -1))
            .filter(section -> section.startsWith(title))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no section " + title + ": " + out));
    List<String> table = text.lines().filter(line -> line.startsWith("|")).toList();
    List<String> titles = cells(table.getFirst());
    List<List<String>> rows =
        table.stream()
            .skip(2)
            .map(CompareTest::cells)
            .filter(cells -> !cells.get(1).contains("/"))
            .toList();

    assertThat(numbers(rows, titles.indexOf(Column.CPU.title())))
        .as("costs in %s", text)
        .allSatisfy(cost -> assertThat(cost).isPositive());
    assertThat(numbers(rows, titles.indexOf(Column.RATE.title())))
        .as("rates in %s", text)
        .anySatisfy(rate -> assertThat(rate).isPositive());
    return rows.stream().map(cells -> cells.get(1)).toList();
  }

  private static List<Double> numbers(List<List<String>> rows, int column) {
    return rows.stream().map(cells -> Double.parseDouble(cells.get(column))).toList();
  }

  private static List<String> cells(String row) {
    return Arrays.stream(row.split("\\|", -1))
        .map(String::strip)
        .filter(cell -> !cell.isEmpty())
        .toList();
  }
}
