package dev.sluice.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Rules that hold for text rather than for classes. */
class SourceRulesTest {
  private static final Set<String> WRITTEN =
      Set.of(
          "java",
          "md",
          "xml",
          "proto",
          "js",
          "ts",
          "json",
          "yaml",
          "yml",
          "sh",
          "properties",
          "service",
          "env",
          "txt");

  private static final Set<String> LAUNCHERS =
      Set.of(
          "sluice",
          ".ci/run",
          "deploy/container/Containerfile",
          "distribution/src/main/archive/bin/sluice");

  // In parts, so that this file does not break its own rules.
  private static final Pattern SLEEP = Pattern.compile("Thread\\s*\\.\\s*" + "sleep\\s*\\(");
  // The container image of RocketMQ has its data in its own user's home.
  private static final Pattern MACHINE_PATH =
      Pattern.compile(
          "(?<![\\w.$}/-])/" + "(work|root)/|/ho" + "me/(?!rocketmq/)[a-z]|/Us" + "ers/[a-z]");

  private final Repository repository = Repository.here();

  @Test
  void nothingSleepsInMainOrTests() {
    assertThat(offending(repository.javaFiles(), SLEEP))
        .as("waits for a time instead of for what it needs (a latch, Awaitility, a fake clock)")
        .isEmpty();
  }

  @Test
  void nothingMentionsTheMachineThatItWasWrittenOn() {
    List<Path> written =
        repository.files(
            file -> WRITTEN.contains(ending(file)) || LAUNCHERS.contains(repository.name(file)));

    assertThat(offending(written, MACHINE_PATH)).as("paths of one machine").isEmpty();
  }

  @Test
  void whatTheRulesForbidIsFound() {
    assertThat(SLEEP.matcher("Thread." + "sleep(5)").find()).isTrue();
    assertThat(MACHINE_PATH.matcher("see /" + "root/.m2").find()).isTrue();
    assertThat(MACHINE_PATH.matcher("\"/" + "work/x\"").find()).isTrue();
    assertThat(MACHINE_PATH.matcher("target/work/x").find()).isFalse();
  }

  private List<String> offending(List<Path> files, Pattern forbidden) {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      String[] lines = repository.read(file).split("\n", -1);
      for (int i = 0; i < lines.length; i++) {
        if (forbidden.matcher(lines[i]).find()) {
          found.add(repository.name(file) + ":" + (i + 1) + ": " + lines[i].strip());
        }
      }
    }
    return found;
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1);
  }
}
