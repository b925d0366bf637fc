package dev.sluice.distribution;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The compose file: three gateways that stand for each other, bounded, and stopped in time. */
class ComposeTest {
  @RegisterExtension static final Installed INSTALLED = new Installed();

  private static final Path FOLDER = Installation.ROOT.resolve("deploy/container");
  private static final Path FILE = FOLDER.resolve("compose.yaml");

  private final Map<?, ?> compose = read();
  private final Map<?, ?> gateway = map(compose, "x-gateway");

  private static Map<?, ?> read() {
    try {
      return (Map<?, ?>)
          requireNonNull(
              new Load(LoadSettings.builder().build()).loadFromString(Files.readString(FILE)));
    } catch (IOException e) {
      throw new AssertionError(FILE + ": cannot be read", e);
    }
  }

  private static Map<?, ?> map(Map<?, ?> from, String name) {
    return (Map<?, ?>) requireNonNull(from.get(name), name);
  }

  private static List<?> list(Map<?, ?> from, String name) {
    return (List<?>) requireNonNull(from.get(name), name);
  }

  private List<Map<?, ?>> gateways() {
    List<Map<?, ?>> found = new ArrayList<>();
    for (Object service : map(compose, "services").values()) {
      if (gateway.equals(((Map<?, ?>) service).get("<<"))) {
        found.add((Map<?, ?>) service);
      }
    }
    return found;
  }

  @Test
  void threeGatewaysHavePortsOfTheirOwnOnTheLoopback() throws Exception {
    HeldSettings standard = INSTALLED.standard();
    List<String> published =
        gateways().stream()
            .flatMap(each -> list(each, "ports").stream())
            .map(String::valueOf)
            .toList();

    assertThat(gateways()).hasSize(3);
    assertThat(published)
        .hasSize(6)
        .doesNotHaveDuplicates()
        .allMatch(
            port ->
                port.matches(
                    "127\\.0\\.0\\.1:\\d+:(%s|%s)"
                        .formatted(standard.value("GRPC_PORT"), standard.value("METRICS_PORT"))));
    for (Map<?, ?> service : services()) {
      assertThat(service.get("ports") == null || service.get("<<") != null).isTrue();
    }
  }

  private List<Map<?, ?>> services() {
    List<Map<?, ?>> found = new ArrayList<>();
    map(compose, "services").values().forEach(service -> found.add((Map<?, ?>) service));
    return found;
  }

  @Test
  void theirVariablesAreSettings() throws Exception {
    Map<String, String> variables = new HashMap<>();
    map(gateway, "environment").forEach((name, value) -> variables.put(name + "", value + ""));
    assertThat(variables.get("CLUSTER_KEY")).startsWith("${CLUSTER_KEY:?");
    variables.put("CLUSTER_KEY", "0f".repeat(32));

    HeldSettings held = HeldSettings.with(INSTALLED.installation(), variables);

    assertThat(variables.keySet())
        .contains("UPSTREAM", "CLUSTER_KEY")
        .allSatisfy(name -> assertThat(held.source(name)).isEqualTo("environment"));
    // The upstream is one of the services.
    assertThat(map(compose, "services").containsKey(held.value("UPSTREAM").replaceAll(":.*", "")))
        .isTrue();
  }

  @Test
  void theyHaveTheTimeToStopThatTheyTake() throws Exception {
    Duration grace = Duration.parse("PT" + gateway.get("stop_grace_period"));

    assertThat(grace).isGreaterThan(INSTALLED.standard().shutdownTimeout().plusSeconds(5));
  }

  @Test
  void everythingIsBounded() {
    assertThat(map(limits(gateway), "limits").get("cpus")).isEqualTo("2");
    assertThat(map(limits(gateway), "limits").get("memory")).isEqualTo("640M");
    assertThat(services())
        .allSatisfy(
            service -> {
              Map<?, ?> whole = service.get("<<") == null ? service : gateway;
              assertThat(map(limits(whole), "limits").containsKey("memory")).isTrue();
              assertThat(whole.get("restart")).isEqualTo("unless-stopped");
            });
  }

  private static Map<?, ?> limits(Map<?, ?> service) {
    return map(map(service, "deploy"), "resources");
  }

  @Test
  void theyAreConfined() {
    assertThat(gateway.get("read_only")).isEqualTo(true);
    assertThat(list(gateway, "cap_drop")).isEqualTo(List.of("ALL"));
    assertThat(list(gateway, "security_opt")).isEqualTo(List.of("no-new-privileges:true"));
    // Mounted without that, nothing in it can be run, and libraries unpack their native parts
    // there.
    assertThat(list(gateway, "tmpfs"))
        .anyMatch(mount -> String.valueOf(mount).startsWith("/tmp:exec"))
        .anyMatch(mount -> String.valueOf(mount).startsWith("/data:uid=10001,mode=0700"));
  }

  @Test
  void imagesAreOfOneVersionAndTheGatewaysIsBuiltByTheRecipe() {
    for (Map<?, ?> service : services()) {
      if (service.get("<<") == null) {
        assertThat(service.get("image"))
            .asString()
            .matches("docker\\.io/[a-z]+/[a-z]+:[0-9]+\\.[0-9]+\\.[0-9]+");
      }
    }
    Map<?, ?> build = map(gateway, "build");
    Path context = FOLDER.resolve(String.valueOf(build.get("context")));
    assertThat(context.resolve(String.valueOf(build.get("dockerfile")))).isRegularFile();
    assertThat(gateway.get("image")).isEqualTo("sluice:local");
  }
}
