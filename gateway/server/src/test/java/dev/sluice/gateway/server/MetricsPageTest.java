package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/metrics.md names what a gateway exposes: all of it, and nothing else. */
class MetricsPageTest extends WithGateways {
  private static final Path PAGE =
      Path.of(System.getProperty("sluice.root")).resolve("docs/metrics.md");
  private static final Pattern JSON_ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| [^|]+ \\|$");
  private static final Pattern PROMETHEUS_ROW =
      Pattern.compile("(?m)^\\| `(sluice_[a-z_]+)` \\| ([a-z]+) \\| ([^|]*)\\| [^|]+ \\|$");
  private static final Pattern JSON_NAME = Pattern.compile("\"([a-z_]+)\" : [0-9.]+");
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"");

  @Test
  void itNamesTheFiguresOfTheJsonForm() throws Exception {
    Served gateway = start(new MemorySystem(), Map.of());

    assertThat(namesOf(JSON_ROW, page()))
        .containsExactlyElementsOf(namesOf(JSON_NAME, gateway.get("/metrics").body()));
  }

  @Test
  void itNamesTheSeriesOfThePrometheusFormWithTheirTypesAndLabels() throws Exception {
    // given a gateway of which all kinds of series exist
    Served gateway = start(new MemorySystem(), Map.of());
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 1);
    assertThat(Served.send(calls, Served.producer(calls), "x".repeat(4 * 1024 * 1024 + 1)))
        .matches(refused -> !refused.getSuccess());

    // when
    String text = gateway.get("/metrics/prometheus").body();

    // then
    Map<String, String> exposed = new TreeMap<>();
    for (MatchResult type : TYPE.matcher(text).results().toList()) {
      String name = type.group(1);
      if (!name.matches("(jvm|process|system)_.*")) {
        exposed.put(name, type.group(2) + labelsOf(text, name));
      }
    }
    Map<String, String> documented = new TreeMap<>();
    for (MatchResult row : PROMETHEUS_ROW.matcher(page()).results().toList()) {
      documented.put(row.group(1), row.group(2) + words(row.group(3)));
    }
    assertThat(documented).isEqualTo(exposed);
  }

  /** The labels of a name's series, without those that make a histogram. */
  private static Set<String> labelsOf(String text, String name) {
    return text.lines()
        .filter(line -> line.matches(name + "(_bucket|_sum|_count)?[{ ].*"))
        .flatMap(line -> LABEL.matcher(line).results())
        .map(label -> label.group(1))
        .filter(label -> !label.equals("le"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> words(String labels) {
    return Pattern.compile("`([a-z]+)`")
        .matcher(labels)
        .results()
        .map(label -> label.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> namesOf(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(result -> result.group(1)).toList();
  }

  private static String page() throws IOException {
    return Files.readString(PAGE);
  }
}
