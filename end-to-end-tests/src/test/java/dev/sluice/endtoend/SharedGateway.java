package dev.sluice.endtoend;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One gateway before a shared broker, for all tests that need nothing of it but that it serves; it
 * ends with the last of them, and must do so cleanly. The one before 4.x rounds delays up.
 */
final class SharedGateway implements BeforeAllCallback {

  /** The group that consumes in order before 4.x. */
  static final String ORDERED_ON_4 = "ordered-on-4";

  // One for each version; the store below ends them.
  private static final Map<RocketMQVersion, Shared> RUNNING = new ConcurrentHashMap<>();

  private final RocketMQVersion version;

  /** The one before RocketMQ 5. */
  SharedGateway() {
    this(RocketMQVersion.V5);
  }

  SharedGateway(RocketMQVersion version) {
    this.version = version;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    ExtensionContext.Store store =
        context.getRoot().getStore(ExtensionContext.Namespace.create(SharedGateway.class));
    // Closed last: the consumers leave when their gateways end.
    store.getOrComputeIfAbsent(
        PushConsumers.class, key -> (AutoCloseable) PushConsumers::awaitLeft, AutoCloseable.class);
    store.getOrComputeIfAbsent(
        version,
        key -> {
          Shared shared = Shared.before(version);
          RUNNING.put(version, shared);
          return shared;
        },
        Shared.class);
  }

  RunningGateway gateway() {
    return Objects.requireNonNull(RUNNING.get(version)).gateway();
  }

  Operator operator() {
    return Objects.requireNonNull(RUNNING.get(version)).operator();
  }

  private record Shared(Path data, RunningGateway gateway, Operator operator)
      implements AutoCloseable {

    static Shared before(RocketMQVersion version) {
      try {
        Path data = Files.createTempDirectory("sluice-shared");
        String nameServer = SharedEngine.of(version).nameServerAddress();
        Map<String, String> settings =
            version == RocketMQVersion.V4
                ? Map.of("INEXACT_DELAY", "round-up", "ORDERED_GROUPS", ORDERED_ON_4)
                : Map.of();
        RunningGateway gateway = RunningGateway.before(nameServer, data, settings);
        return new Shared(data, gateway, Operator.of(nameServer));
      } catch (Exception e) {
        throw new IllegalStateException("the shared gateway does not start", e);
      }
    }

    @Override
    public void close() {
      operator.close();
      try (gateway;
          Stream<Path> files = Files.walk(data)) {
        gateway.endsCleanly();
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the shared gateway ended", e);
      }
    }
  }
}
