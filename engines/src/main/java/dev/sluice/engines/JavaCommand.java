package dev.sluice.engines;

import dev.sluice.engines.EngineException.Reason;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The command that runs {@link RocketMQHost} in a JVM of its own. */
final class JavaCommand {
  /** What our classes are compiled for. */
  private static final int LEAST_JAVA = 21;

  /** Where reading memory through Unsafe began to be warned about. */
  private static final int UNSAFE_WARNS = 23;

  private static final List<String> OPENED =
      List.of(
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  private JavaCommand() {}

  static List<String> of(RocketMQEngineOptions options, HostSettings settings) {
    Path data = settings.dataDirectory();
    int version = version(options.javaHome());
    List<String> command = new ArrayList<>();
    command.add(executable(options.javaHome()).toString());
    command.addAll(OPENED);
    if (version >= UNSAFE_WARNS) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.add("-Xms64m");
    command.add("-Xmx" + options.heapMegabytes() + "m");
    command.add("-XX:+UseSerialGC");
    // Out of memory, half of its threads would be gone and the rest would pretend.
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:ErrorFile=" + data.resolve("logs/hs_err_%p.log"));
    command.add("-XX:-UsePerfData");
    command.add("-Djava.io.tmpdir=" + data.resolve("tmp"));
    EngineTls tls = options.tls();
    if (tls != null) {
      command.addAll(tls.jvmOptions());
    }
    command.addAll(options.jvmOptions());
    command.add("-cp");
    command.add(ownClasses() + File.pathSeparator + options.libDirectory().resolve("*"));
    command.add(RocketMQHost.class.getName());
    command.addAll(settings.toArguments());
    return command;
  }

  /** Throws when the directory does not hold the servers. */
  static void checkLibraries(RocketMQVersion version, Path libDirectory) {
    String wanted = "rocketmq-broker-" + version.number() + ".jar";
    try (var jars = Files.newDirectoryStream(libDirectory, wanted)) {
      if (jars.iterator().hasNext()) {
        return;
      }
    } catch (IOException e) {
      throw noLibraries(version, libDirectory, e);
    }
    throw noLibraries(version, libDirectory, new IOException("no " + wanted + " in it"));
  }

  private static EngineException noLibraries(
      RocketMQVersion version, Path libDirectory, IOException cause) {
    return new EngineException(
        Reason.LIBRARIES,
        "engine libraries: %1$s does not hold the RocketMQ %2$s servers (expected: what `mvn -pl engines/%3$s process-resources` collects in engines/%3$s/target/lib)"
            .formatted(libDirectory.toAbsolutePath(), version, version.module()),
        cause);
  }

  private static Path executable(Path javaHome) {
    Path java = javaHome.resolve("bin/java");
    if (Files.isExecutable(java)) {
      return java;
    }
    Path windows = javaHome.resolve("bin/java.exe");
    if (Files.isExecutable(windows)) {
      return windows;
    }
    throw new EngineException(
        Reason.JAVA,
        "java home: "
            + javaHome
            + " has no bin/java (expected: the directory of a Java "
            + LEAST_JAVA
            + " or later)");
  }

  private static int version(Path javaHome) {
    if (javaHome.equals(RocketMQEngineOptions.ownJavaHome())) {
      return Runtime.version().feature();
    }
    Properties release = new Properties();
    try (Reader reader = Files.newBufferedReader(javaHome.resolve("release"))) {
      release.load(reader);
    } catch (IOException e) {
      // Without the file the executable decides; an unknown version is taken for the least one.
      return LEAST_JAVA;
    }
    String text = release.getProperty("JAVA_VERSION", "").replace("\"", "");
    int version = text.isEmpty() ? LEAST_JAVA : Runtime.Version.parse(text).feature();
    if (version < LEAST_JAVA) {
      throw new EngineException(
          Reason.JAVA,
          "java home: %s is Java %s (expected: %d or later)".formatted(javaHome, text, LEAST_JAVA));
    }
    return version;
  }

  static Path ownClasses() {
    try {
      return Path.of(
          RocketMQHost.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of our own classes is no path", e);
    }
  }
}
