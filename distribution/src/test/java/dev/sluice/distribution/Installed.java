package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * For all tests of this module: the archives unpacked, and a gateway from them that runs the engine
 * beside it, which others are started before.
 */
final class Installed implements BeforeAllCallback {
  private static final Pattern UPSTREAM = Pattern.compile("upstream ([0-9.]+:[0-9]+)");

  // The store below ends it.
  private static @Nullable Everything everything;

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(Installed.class))
        .getOrComputeIfAbsent(
            Everything.class, key -> everything = Everything.unpack(), Everything.class);
  }

  Installation installation() {
    return Objects.requireNonNull(everything).installation;
  }

  /** The address of a name server. */
  String nameServer() throws IOException {
    return Objects.requireNonNull(everything).nameServer();
  }

  /** What holds where nothing is set. */
  HeldSettings standard() throws IOException, InterruptedException {
    return Objects.requireNonNull(everything).standard();
  }

  private static final class Everything implements AutoCloseable {
    private final Path folder;
    private final Installation installation;
    private @Nullable Program broker;
    private @Nullable HeldSettings standard;

    private Everything(Path folder, Installation installation) {
      this.folder = folder;
      this.installation = installation;
    }

    static Everything unpack() {
      try {
        Path folder = Files.createTempDirectory("sluice archives");
        Installation unpacked =
            Installation.of(folder, Installation.GATEWAY, Installation.DEAD_LETTERS);
        // What the engine's archive would put there.
        Files.createSymbolicLink(
            unpacked.home().resolve("engine"),
            Installation.ROOT.resolve("engines/rocketmq-5/target/lib"));
        return new Everything(folder, unpacked);
      } catch (IOException e) {
        throw new IllegalStateException("the archives cannot be unpacked", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }

    /** Starts it with the first test that asks. */
    String nameServer() throws IOException {
      Program running = broker;
      if (running == null) {
        running = installation.start(installation.environment(), "serve");
        broker = running;
      }
      Matcher ready =
          UPSTREAM.matcher(running.awaitLine(line -> line.startsWith("Sluice is ready")));
      assertThat(ready.find()).as("%s", running).isTrue();
      return ready.group(1);
    }

    HeldSettings standard() throws IOException, InterruptedException {
      HeldSettings held = standard;
      if (held == null) {
        held = HeldSettings.with(installation, Map.of());
        standard = held;
      }
      return held;
    }

    @Override
    public void close() throws IOException {
      Program running = broker;
      if (running != null) {
        stop(running);
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }

    private static void stop(Program broker) {
      broker.terminate();
      try {
        assertThat(broker.awaitExit()).as("%s", broker).isZero();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the broker stopped", e);
      }
      assertThat(broker.output()).endsWith("Sluice has stopped.");
    }
  }
}
