package dev.sluice.gateway.server;

import dev.sluice.engines.RocketMQVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the embedded RocketMQ's jars are. A checkout has them from its build; for the archive they
 * are one of their own, since they are three times as large as everything else.
 */
final class EngineLibraries {
  /** Set by the archive's launcher: the folder for them beside the program. */
  private static final String FOLDER = "sluice.engine";

  /** Set by a checkout's launcher, which has collected them before. */
  private static final String CHECKOUT = "sluice.root";

  private static final RocketMQVersion VERSION = RocketMQVersion.V5;
  private static final String BROKER = "rocketmq-broker-" + VERSION.number() + ".jar";

  private EngineLibraries() {}

  /**
   * The folder that holds them.
   *
   * @param properties the system properties by name
   * @throws StartException when there is none, with what to do about it
   */
  static Path find(Function<String, @Nullable String> properties) {
    String folder = properties.apply(FOLDER);
    if (folder != null) {
      Path libraries = Path.of(folder);
      if (Files.isRegularFile(libraries.resolve(BROKER))) {
        return libraries;
      }
      throw new StartException(
          "UPSTREAM: not set, and there is no embedded RocketMQ in %s (expected: --upstream with the name server of a RocketMQ that runs, such as 10.0.0.7:9876; or sluice-engine-%s.tar.gz, unpacked where this program's archive was)"
              .formatted(libraries, Sluice.Version.number()));
    }
    if (properties.apply(CHECKOUT) == null) {
      throw new StartException(
          "UPSTREAM: not set, and this program has no embedded RocketMQ (expected: --upstream with"
              + " the name server of a RocketMQ that runs, such as 10.0.0.7:9876)");
    }
    return VERSION.builtLibDirectory();
  }
}
