package dev.sluice.distribution;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the gateway itself says holds where some variables are set and nothing else. */
record HeldSettings(Map<String, Map<String, Object>> all) {

  static HeldSettings with(Installation installation, Map<String, String> variables)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(installation.environment());
    environment.keySet().retainAll(Set.of("PATH", "HOME", "SLUICE_JAVA_HOME"));
    environment.putAll(variables);
    try (Program config = installation.start(environment, "config", "--json")) {
      int exit = config.awaitExit();
      if (exit != 0) {
        throw new AssertionError(config.toString());
      }
      @SuppressWarnings("unchecked") // an object of objects
      var settings =
          (Map<String, Map<String, Object>>)
              requireNonNull(
                  new Load(LoadSettings.builder().build()).loadFromString(config.output()));
      return new HeldSettings(settings);
    }
  }

  private Map<String, Object> setting(String name) {
    return requireNonNull(all.get(name), name + ": no setting");
  }

  String value(String name) {
    return String.valueOf(setting(name).get("value"));
  }

  /** Where it comes from, in one word. */
  String source(String name) {
    return String.valueOf(setting(name).get("source"));
  }

  Duration shutdownTimeout() {
    return Duration.parse("PT" + value("SHUTDOWN_TIMEOUT"));
  }
}
