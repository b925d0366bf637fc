package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents of the gateway name, there is: settings, flags, metrics, alerts, kinds. */
class DocumentedNamesTest extends WithGateways {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  /** Of the libraries for Java, which have names of their own. */
  private static final Pattern LIBRARY =
      Pattern.compile("(event-bus.*|outbox|rocketmq-client)\\.md");

  /** For those who build it, and for those who look back. */
  private static final Set<String> OTHER_PAGES = Set.of("CONTRIBUTING.md", "CHANGELOG.md");

  private static final Pattern VARIABLE =
      Pattern.compile("`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`");
  private static final Pattern ASSIGNED = Pattern.compile("(?m)^(?:export )?([A-Z][A-Z0-9_]+)=");
  private static final Pattern SERVE = Pattern.compile("sluice (?:serve|config) ([^`\\n]*)");
  private static final Pattern FLAG = Pattern.compile("--[a-z][a-z-]*");
  private static final Pattern METRIC = Pattern.compile("\\bsluice_[a-z_]+");
  private static final Pattern DEFAULTS =
      Pattern.compile("(?m)^\\| (`[A-Z_`, ]+`) \\| ([^|]*) \\|");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** Variables of the launcher and the command line, and what other programs call their own. */
  private static final Set<String> OTHERS =
      Set.of(
          "JAVA_HOME",
          "SLUICE_CACHE_DIR",
          "SLUICE_CONFIG",
          "SLUICE_API_KEY",
          "SLUICE_JAVA_HOME",
          "SLUICE_JAVA_OPTS",
          "RMQ_SYS_TRANS_HALF_TOPIC");

  private static Map<String, String> pages() throws IOException {
    Map<String, String> pages = new TreeMap<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          if (name.endsWith(".md")
              && !LIBRARY.matcher(name).matches()
              && !OTHER_PAGES.contains(name)) {
            pages.put(ROOT.relativize(file).toString(), Files.readString(file));
          }
        }
      }
    }
    assertThat(pages).containsKeys("README.md", "README.zh-CN.md", "docs/operations.md");
    return pages;
  }

  private static List<String> strangers(Pattern names, Predicate<String> known) throws IOException {
    List<String> found = new ArrayList<>();
    pages()
        .forEach(
            (page, text) ->
                names(names, text).stream()
                    .filter(known.negate())
                    .forEach(name -> found.add(page + ": " + name)));
    return found;
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(match.groupCount()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String page(String name) throws IOException {
    return Files.readString(ROOT.resolve(name));
  }

  @Test
  void settingsThatDocumentsNameExist() throws IOException {
    Set<String> known = new TreeSet<>(OTHERS);
    Stream.of(
            Setting.values(),
            Status.Code.values(),
            FailureCode.values(),
            Code.values(),
            StartPosition.values())
        .flatMap(Stream::of)
        .forEach(one -> known.add(one.toString()));

    assertThat(strangers(VARIABLE, known::contains)).isEmpty();
    assertThat(strangers(ASSIGNED, known::contains)).isEmpty();
    // and the other way round, no setting is unknown to the page of settings (SettingsPageTest)
  }

  @Test
  void flagsThatDocumentsShowExist() throws IOException {
    Set<String> known =
        Stream.of(Setting.values())
            .filter(setting -> !setting.secret())
            .map(Setting::flag)
            .collect(Collectors.toCollection(TreeSet::new));
    known.addAll(Set.of("--config", "--help", "--json"));
    List<String> shown = new ArrayList<>();
    for (String text : pages().values()) {
      for (MatchResult serve : SERVE.matcher(text).results().toList()) {
        shown.addAll(names(FLAG, "(" + serve.group(1) + ")"));
      }
    }

    assertThat(shown).contains("--upstream", "--tls-cert").isSubsetOf(known);
  }

  @Test
  void metricsThatDocumentsNameExist() throws IOException {
    Set<String> known = names(METRIC, page("docs/metrics.md"));

    assertThat(
            strangers(
                METRIC,
                name ->
                    known.contains(name)
                        || known.contains(name.replaceAll("_(bucket|sum|count)$", ""))))
        .isEmpty();
  }

  @Test
  void theFrontPagesTellTheDefaultsOfTheirSettings() throws IOException {
    for (String page : List.of("README.md", "README.zh-CN.md")) {
      int rows = 0;
      for (MatchResult row : DEFAULTS.matcher(page(page)).results().toList()) {
        List<String> settings = quoted(row.group(1));
        List<String> told = quoted(row.group(2));
        List<String> defaults =
            settings.stream().map(name -> Setting.valueOf(name).standard()).toList();
        if (row.group(2).startsWith("`")) {
          assertThat(told).as(page + ": " + settings).isEqualTo(defaults);
        } else {
          assertThat(defaults).as(page + ": " + settings).allMatch(String::isEmpty);
        }
        rows++;
      }
      assertThat(rows).as(page).isEqualTo(10);
    }
  }

  private static List<String> quoted(String text) {
    return QUOTED.matcher(text).results().map(one -> one.group(1)).toList();
  }

  @Test
  void operationsHasASectionForEachAlertAndNoOther() throws IOException {
    Pattern alert = Pattern.compile("(?m)^ *- alert: (\\S+)$");
    Pattern section = Pattern.compile("(?m)^### (Sluice\\S+)$");

    assertThat(names(section, page("docs/operations.md")))
        .isNotEmpty()
        .isEqualTo(names(alert, page("deploy/prometheus/sluice.rules.yml")));
  }

  @Test
  void operationsExplainsEveryKindThatALedgerHas() throws Exception {
    // given a gateway that serves
    Served gateway = start(new MemorySystem(), Map.of());
    Served.sendAll(gateway.calls(), Served.producer(gateway.calls()), 1);
    Pattern kind = Pattern.compile("(?m)^    \"([a-z ]+)\" : \\{");
    Set<String> kinds =
        names(kind, gateway.get("/debug/ledger", "Accept", "application/json").body());
    assertThat(kinds).contains("producer session", "server");
    for (var constant : ResourceKinds.class.getFields()) {
      kinds.add(String.valueOf(constant.get(null)));
    }

    // then each is in the table
    Pattern row = Pattern.compile("(?m)^\\| (`[a-z ]+`(?:, `[a-z ]+`)*) \\| [^|]+ \\| [^|]+ \\|$");
    assertThat(names(row, page("docs/operations.md")).stream().flatMap(one -> quoted(one).stream()))
        .containsAll(kinds);
  }
}
