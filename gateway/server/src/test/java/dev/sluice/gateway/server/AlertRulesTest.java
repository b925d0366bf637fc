package dev.sluice.gateway.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The alert rules speak of metrics that there are; docs/metrics.md is held to those elsewhere. */
class AlertRulesTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));
  private static final Pattern METRIC = Pattern.compile("\\bsluice_[a-z_]+");

  private static List<Map<String, Object>> rules() throws IOException {
    Map<?, ?> file =
        (Map<?, ?>)
            requireNonNull(
                new Load(LoadSettings.builder().build())
                    .loadFromString(
                        Files.readString(ROOT.resolve("deploy/prometheus/sluice.rules.yml"))));
    Map<?, ?> group = (Map<?, ?>) ((List<?>) requireNonNull(file.get("groups"))).getFirst();
    @SuppressWarnings("unchecked") // what the file is expected to hold, judged by the tests
    var rules = (List<Map<String, Object>>) requireNonNull(group.get("rules"));
    return rules;
  }

  private static Set<String> metricsIn(String text) {
    Set<String> found = new TreeSet<>();
    Matcher metrics = METRIC.matcher(text);
    while (metrics.find()) {
      found.add(metrics.group());
    }
    return found;
  }

  @Test
  void everyMetricInARuleIsExposed() throws IOException {
    Set<String> known = metricsIn(Files.readString(ROOT.resolve("docs/metrics.md")));
    for (Map<String, Object> rule : rules()) {
      String expression = String.valueOf(rule.get("expr"));
      for (String metric : metricsIn(expression)) {
        String base = metric.replaceAll("_(bucket|sum|count)$", "");
        assertThat(known.contains(metric) || known.contains(base))
            .as(rule.get("alert") + ": " + metric)
            .isTrue();
      }
    }
  }

  @Test
  void whatOperatorsAskedForIsThere() throws IOException {
    Map<Object, String> expressions =
        rules().stream()
            .collect(Collectors.toMap(rule -> rule.get("alert"), rule -> rule.get("expr") + ""));
    assertThat(expressions.get("SluiceConnectionsNearMaximum")).contains("0.8");
    assertThat(expressions.get("SluiceSlowResponses")).contains("> 50");
    assertThat(expressions).containsKeys("SluiceErrors", "SluiceMemory", "SluiceLeak");
    assertThat(rules()).allSatisfy(rule -> assertThat(rule).containsKeys("labels", "annotations"));
  }
}
