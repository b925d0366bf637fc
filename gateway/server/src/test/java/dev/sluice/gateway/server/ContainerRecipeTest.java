package dev.sluice.gateway.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The container recipe and the compose file, held to the launcher and the settings. */
class ContainerRecipeTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  private static List<String> launcherOptions() throws IOException {
    List<String> options = new ArrayList<>();
    Matcher lines =
        Pattern.compile("^(?:common|gateway)='([^']+)'$", Pattern.MULTILINE)
            .matcher(read("tools/run-java.sh"));
    while (lines.find()) {
      options.addAll(List.of(lines.group(1).split(" ", -1)));
    }
    assertThat(options).as("options of the launcher").hasSizeGreaterThan(4);
    return options;
  }

  @Test
  void theImageRunsJavaAsTheLauncherDoesAndRehearsesWithTheSameOptions() throws IOException {
    String recipe = read("deploy/container/Containerfile");
    String start = recipe.substring(recipe.indexOf("ENTRYPOINT"));
    int rehearsal = recipe.indexOf("RUN java");
    String rehearsed = recipe.substring(rehearsal, recipe.indexOf("rehearse", rehearsal));
    for (String option : launcherOptions()) {
      assertThat(start).contains('"' + option + '"');
      assertThat(rehearsed).contains(' ' + option + ' ');
    }
    assertThat(start).contains("-XX:AOTCache=/opt/sluice/start.aot");
    assertThat(rehearsed).contains("-XX:AOTCacheOutput=/opt/sluice/start.aot");
  }

  @Test
  void theImageSetsSettingsThatThereAreAndIsNotRoot() throws IOException {
    String recipe = read("deploy/container/Containerfile");
    Matcher env = Pattern.compile("(?m)^ENV (.*)$").matcher(recipe);
    assertThat(env.find()).isTrue();
    for (String one : env.group(1).split(" ", -1)) {
      assertThat(Setting.named(one.substring(0, one.indexOf('=')))).as(one).isPresent();
    }
    assertThat(recipe)
        .contains("USER 10001", "HEALTHCHECK", "STOPSIGNAL SIGTERM")
        .contains("EXPOSE " + Setting.GRPC_PORT.standard() + " " + Setting.METRICS_PORT.standard());
  }

  @Test
  void threeGatewaysShareAKeyStopInTimeAndAreBounded() throws IOException {
    Map<?, ?> compose =
        (Map<?, ?>)
            requireNonNull(
                new Load(LoadSettings.builder().build())
                    .loadFromString(read("deploy/container/compose.yaml")));
    Map<?, ?> gateway = map(compose, "x-gateway");
    Map<?, ?> services = map(compose, "services");

    assertThat(services.values())
        .filteredOn(service -> gateway.equals(((Map<?, ?>) service).get("<<")))
        .hasSize(3);
    Map<?, ?> environment = map(gateway, "environment");
    assertThat(environment.keySet())
        .allSatisfy(name -> assertThat(Setting.named(String.valueOf(name))).isPresent())
        .map(String::valueOf)
        .contains("UPSTREAM", "CLUSTER_KEY");

    Duration grace = Duration.parse("PT" + gateway.get("stop_grace_period"));
    assertThat(grace).isGreaterThan(Duration.parse("PT" + Setting.SHUTDOWN_TIMEOUT.standard()));
    assertThat(map(map(map(gateway, "deploy"), "resources"), "limits").get("memory"))
        .isEqualTo("640M");
  }

  private static Map<?, ?> map(Map<?, ?> from, String name) {
    return (Map<?, ?>) requireNonNull(from.get(name), name);
  }
}
