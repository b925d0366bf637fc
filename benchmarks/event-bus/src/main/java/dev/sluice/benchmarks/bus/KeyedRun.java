package dev.sluice.benchmarks.bus;

import dev.sluice.benchmarks.bus.LoadProcess.Told;
import dev.sluice.benchmarks.busload.SleepPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** E1: the same messages of one partition, drained by each in turn, A B A B. */
final class KeyedRun {

  private static final int LONGEST_MICROS = 5000;
  private static final long ONE_TURN_NANOS = Duration.ofSeconds(10).toNanos();

  private final Stage stage;
  private final KeyedOptions options;

  KeyedRun(Stage stage, KeyedOptions options) {
    this.stage = stage;
    this.options = options;
  }

  /** What the turns of one row told. */
  private record Row(int keys, double ideal, Map<Drainer, List<Told>> turns) {

    double seconds(Drainer who) {
      return Rows.median(figures(who, "seconds"));
    }

    List<Double> figures(Drainer who, String name) {
      return turns.getOrDefault(who, List.of()).stream().map(told -> told.number(name)).toList();
    }

    long sum(Drainer who, String name) {
      return turns.getOrDefault(who, List.of()).stream().mapToLong(told -> told.count(name)).sum();
    }

    String name() {
      return keys == SleepPlan.UNORDERED ? "unordered" : Integer.toString(keys);
    }
  }

  /** Measures and writes. False if something is missing or came out of order. */
  boolean run(PrintWriter out) throws IOException, InterruptedException {
    String servers = stage.address(TrafficOptions.Over.KAFKA);
    var topics = new KafkaTopics(servers);
    String warm = stage.freshName("e1-warm");
    topics.fill(warm, SleepPlan.of(options.messages, 1000, LONGEST_MICROS));
    List<Row> rows = new ArrayList<>();
    for (int keys : options.keys) {
      rows.add(row(topics, servers, warm, keys));
    }
    write(out, rows);
    stage.keep("event-bus-e1.svg", picture(rows));
    return rows.stream().allMatch(KeyedRun::isWhole);
  }

  private Row row(KafkaTopics topics, String servers, String warm, int keys)
      throws IOException, InterruptedException {
    SleepPlan plan = SleepPlan.of(options.messages, keys, LONGEST_MICROS);
    long ideal = plan.idealNanos(options.concurrency);
    String topic = stage.freshName("e1");
    topics.fill(topic, plan);
    Map<Drainer, List<Told>> turns = new EnumMap<>(Drainer.class);
    int rounds = ideal > ONE_TURN_NANOS ? 1 : options.rounds;
    for (int round = 0; round < rounds; round++) {
      for (Drainer who : Drainer.values()) {
        if (who != Drainer.FLOOR || round == 0) {
          Told told = LoadProcess.run(stage, who.program(), arguments(servers, topic, warm, keys));
          turns.computeIfAbsent(who, same -> new ArrayList<>()).add(told);
          System.err.printf(
              "E1, keys %d, ideal %.3f s, %s: %s%n", keys, ideal / 1e9, who, told.values());
        }
      }
    }
    return new Row(keys, ideal / 1e9, turns);
  }

  private List<String> arguments(String servers, String topic, String warm, int keys) {
    return List.of(
        "--servers=" + servers,
        "--topic=" + topic,
        "--warm-topic=" + warm,
        "--group=" + stage.freshName("e1-group"),
        "--count=" + options.messages,
        "--keys=" + keys,
        "--longest=" + LONGEST_MICROS,
        "--concurrency=" + options.concurrency,
        "--warm-up=" + options.warmUpSeconds);
  }

  private static boolean isWhole(Row row) {
    return List.of(Drainer.SLUICE, Drainer.PEER).stream()
        .allMatch(who -> row.sum(who, "missing") == 0 && row.sum(who, "violations") == 0);
  }

  private void write(PrintWriter out, List<Row> rows) {
    out.println("## E1: handlers that sleep, in order for each key");
    out.println();
    out.println(stage.facts() + ".");
    out.printf(
        "%d messages, handlers that sleep 0 to %d ms, one partition, %d handlers at a time, warm-up"
            + " %d s. Medians, and the turns in their order; each a process of its own.%n%n",
        options.messages, LONGEST_MICROS / 1000, options.concurrency, options.warmUpSeconds);
    out.println(
        Rows.head(
            "keys",
            "ideal s",
            "sleeps alone s",
            "Sluice s",
            "parallel-consumer s",
            "Sluice / ideal",
            "Sluice / sleeps alone",
            "parallel-consumer / ideal",
            "Sluice / parallel-consumer"));
    for (Row row : rows) {
      double ours = row.seconds(Drainer.SLUICE);
      double peers = row.seconds(Drainer.PEER);
      double floor = row.seconds(Drainer.FLOOR);
      out.println(
          Rows.row(
              row.name(),
              Rows.number(row.ideal(), 3),
              Rows.number(floor, 3),
              Rows.turns(row.figures(Drainer.SLUICE, "seconds"), 3),
              Rows.turns(row.figures(Drainer.PEER, "seconds"), 3),
              Rows.number(ours / row.ideal(), 2),
              Rows.number(ours / floor, 2),
              Rows.number(peers / row.ideal(), 2),
              Rows.number(ours / peers, 2)));
    }
    out.println();
    out.println(
        Rows.head(
            "keys",
            "who",
            "to the first handler ms",
            "CPU us/msg",
            "missing",
            "repeated",
            "order violations",
            "others %"));
    for (Row row : rows) {
      row.turns().forEach((who, turns) -> out.println(detail(row, who, turns)));
    }
    out.println();
    out.flush();
  }

  private static String detail(Row row, Drainer who, List<Told> turns) {
    return Rows.row(
        row.name(),
        who.title(),
        Rows.turns(row.figures(who, "first"), 1),
        Rows.turns(row.figures(who, "cpu"), 0),
        Long.toString(row.sum(who, "missing")),
        Long.toString(row.sum(who, "repeated")),
        Long.toString(row.sum(who, "violations")),
        Rows.turns(turns.stream().map(Told::othersPercent).toList(), 0));
  }

  private static Bars picture(List<Row> rows) {
    Map<String, Map<String, Double>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      Map<String, Double> bars = new LinkedHashMap<>();
      for (Drainer who : row.turns().keySet()) {
        bars.put(who.title(), row.seconds(who) / row.ideal());
      }
      String name = row.keys() == 1 ? "1 key" : row.name();
      groups.put(row.keys() > 1 ? name + " keys" : name, bars);
    }
    return new Bars("E1: time taken, in multiples of the ideal schedule", 1, 2, groups);
  }
}
