package dev.sluice.gateway.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The alert rules speak of metrics and labels that a running gateway exposes. */
class AlertRulesTest extends WithGateways {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  /** What Prometheus itself puts on everything that it scrapes. */
  private static final Set<String> TARGET = Set.of("instance", "job");

  /** What else is in expressions: a metric of Prometheus' own, and of its language what we use. */
  private static final Set<String> WORDS =
      Set.of("up", "sum", "rate", "increase", "by", "or", "and", "on");

  private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)(?:\\{([^}]*)})? \\S+$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");
  private static final Pattern WORD = Pattern.compile("[a-zA-Z_]\\w*");
  private static final Pattern SELECTOR = Pattern.compile("(\\w+)\\s*\\{([^}]*)}");
  private static final Pattern GROUPING = Pattern.compile("\\bby\\s*\\(([^)]*)\\)");
  private static final Pattern TEMPLATE = Pattern.compile("\\$labels\\.(\\w+)");

  /** Every metric with the labels that it has, after one of each kind of thing has happened. */
  private Map<String, Set<String>> exposed() throws Exception {
    Served gateway = start(new MemorySystem(), Map.of());
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 1);
    assertThat(Served.send(calls, Served.producer(calls), "x".repeat(4 * 1024 * 1024 + 1)))
        .matches(refused -> !refused.getSuccess());
    Map<String, Set<String>> found = new HashMap<>();
    String text = gateway.get("/metrics/prometheus").body();
    for (MatchResult sample : SAMPLE.matcher(text).results().toList()) {
      Set<String> labels = found.computeIfAbsent(sample.group(1), name -> new TreeSet<>(TARGET));
      if (sample.group(2) != null) {
        labels.addAll(firsts(LABEL, sample.group(2)));
      }
    }
    found.put("up", new TreeSet<>(TARGET));
    return found;
  }

  private static Set<String> firsts(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Map<String, Object>> rules() throws IOException {
    Map<?, ?> file = (Map<?, ?>) read("deploy/prometheus/sluice.rules.yml");
    Map<?, ?> group = (Map<?, ?>) ((List<?>) requireNonNull(file.get("groups"))).getFirst();
    @SuppressWarnings("unchecked") // what the file is expected to hold, judged by the tests
    var rules = (List<Map<String, Object>>) requireNonNull(group.get("rules"));
    return rules;
  }

  private static Object read(String file) throws IOException {
    return requireNonNull(
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(ROOT.resolve(file))));
  }

  private static String expression(Map<String, Object> rule) {
    return String.valueOf(rule.get("expr"));
  }

  @Test
  void everyMetricAndLabelInARuleIsExposed() throws Exception {
    Map<String, Set<String>> exposed = exposed();
    for (Map<String, Object> rule : rules()) {
      String expression = expression(rule);
      assertExposed(String.valueOf(rule.get("alert")), expression, exposed);
      Set<String> labels = labelsOfResult(expression, exposed);
      assertThat(firsts(TEMPLATE, String.valueOf(rule.get("annotations"))))
          .as("labels in the annotations of %s", rule.get("alert"))
          .isSubsetOf(labels);
    }
  }

  @Test
  void soIsWhatDocsMetricsSuggests() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/metrics.md"));
    String examples = page.substring(page.indexOf("## For alerts")).split("```", -1)[1];
    Map<String, Set<String>> exposed = exposed();

    assertThat(examples.lines().filter(line -> !line.isBlank()))
        .hasSizeGreaterThan(3)
        .allSatisfy(line -> assertExposed("docs/metrics.md", line, exposed));
  }

  private static void assertExposed(
      String where, String expression, Map<String, Set<String>> exposed) {
    for (MatchResult selector : SELECTOR.matcher(expression).results().toList()) {
      assertThat(firsts(LABEL, selector.group(2)))
          .as("labels of %s in %s", selector.group(1), where)
          .isSubsetOf(exposed.getOrDefault(selector.group(1), Set.of()));
    }
    Set<String> words = metricsIn(expression);
    assertThat(words).as(where).isNotEmpty().allMatch(exposed::containsKey);
    for (String labels : firsts(GROUPING, expression)) {
      assertThat(words)
          .allSatisfy(
              metric ->
                  assertThat(exposed.get(metric))
                      .as("labels of %s in %s", metric, where)
                      .containsAll(List.of(labels.split("\\s*,\\s*", -1))));
    }
  }

  private static Set<String> metricsIn(String expression) {
    String bare =
        GROUPING.matcher(expression.replaceAll("\\{[^}]*}|\\[[^]]*]", "")).replaceAll("by");
    Set<String> found = new TreeSet<>();
    WORD.matcher(bare).results().map(MatchResult::group).forEach(found::add);
    Set<String> ofTheLanguage = new TreeSet<>(WORDS);
    ofTheLanguage.remove("up");
    found.removeAll(ofTheLanguage);
    return found;
  }

  private static Set<String> labelsOfResult(String expression, Map<String, Set<String>> exposed) {
    Set<String> grouped = firsts(GROUPING, expression);
    if (!grouped.isEmpty()) {
      return Stream.of(grouped.iterator().next().split("\\s*,\\s*", -1))
          .collect(Collectors.toSet());
    }
    return exposed.getOrDefault(metricsIn(expression).iterator().next(), Set.of());
  }

  @Test
  void whatOperatorsAskedForIsThere() throws IOException {
    Map<Object, String> expressions =
        rules().stream()
            .collect(Collectors.toMap(rule -> rule.get("alert"), AlertRulesTest::expression));

    assertThat(expressions.get("SluiceConnectionsNearMaximum"))
        .contains("sluice_active_connections", "0.8 * sluice_connections_maximum");
    assertThat(expressions.get("SluiceSlowResponses"))
        .contains("sluice_response_time_average_milliseconds > 50");
    assertThat(expressions.get("SluiceErrors"))
        .contains("sluice_errors_total", "/", "sluice_grpc_calls_total");
    assertThat(expressions.get("SluiceMemory")).contains("sluice_resident_memory_bytes");
    assertThat(expressions.get("SluiceLeak"))
        .contains(
            "sluice_producer_leaks_total > 0",
            "sluice_consumer_leaks_total > 0",
            "sluice_thread_leaks_total > 0",
            "sluice_other_leaks_total > 0");
  }

  @Test
  void everyRuleSaysHowLongHowBadAndWhatToDo() throws IOException {
    List<Object> names = new ArrayList<>();
    for (Map<String, Object> rule : rules()) {
      names.add(rule.get("alert"));
      assertThat(rule.getOrDefault("for", "1m").toString()).matches("[0-9]+[smh]");
      assertThat(((Map<?, ?>) requireNonNull(rule.get("labels"))).get("severity"))
          .isIn("critical", "warning", "info");
      Map<?, ?> annotations = (Map<?, ?>) requireNonNull(rule.get("annotations"));
      assertThat(annotations.get("summary")).asString().contains("$labels.instance");
      assertThat(annotations.get("action")).asString().isNotBlank();
    }
    assertThat(names).doesNotHaveDuplicates();
  }

  @Test
  void theAlertOfMemoryComesBeforeTheLimits() throws IOException {
    Map<?, ?> compose = (Map<?, ?>) read("deploy/container/compose.yaml");
    String limits = String.valueOf(compose.get("x-gateway"));
    String unit = Files.readString(ROOT.resolve("deploy/systemd/sluice.service"));
    String threshold =
        rules().stream()
            .filter(rule -> "SluiceMemory".equals(rule.get("alert")))
            .map(AlertRulesTest::expression)
            .map(expression -> expression.replaceAll(".*> (\\d+) \\* 1024 \\* 1024$", "$1"))
            .findFirst()
            .orElseThrow();

    assertThat(Integer.parseInt(threshold)).isBetween(560, 620);
    assertThat(limits).contains("memory=640M");
    assertThat(unit).contains("MemoryMax=640M");
  }
}
