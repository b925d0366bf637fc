package dev.sluice.endtoend;

import dev.sluice.engines.SharedEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One gateway before the shared broker, for all tests that need nothing of it but that it serves;
 * it ends with the last of them, and must do so cleanly.
 */
final class SharedGateway implements BeforeAllCallback {

  private static @Nullable RunningGateway running;
  private static @Nullable Operator operator;

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(SharedGateway.class))
        .getOrComputeIfAbsent(SharedGateway.class, key -> Shared.start(), Shared.class);
  }

  RunningGateway gateway() {
    return Objects.requireNonNull(running);
  }

  Operator operator() {
    return Objects.requireNonNull(operator);
  }

  private record Shared(Path data) implements AutoCloseable {

    static Shared start() {
      try {
        Path data = Files.createTempDirectory("sluice-shared");
        String nameServer = SharedEngine.rocketmq5().nameServerAddress();
        running = RunningGateway.before(nameServer, data);
        operator = Operator.of(nameServer);
        return new Shared(data);
      } catch (Exception e) {
        throw new IllegalStateException("the shared gateway does not start", e);
      }
    }

    @Override
    public void close() {
      Objects.requireNonNull(operator).close();
      try (RunningGateway gateway = Objects.requireNonNull(running);
          Stream<Path> files = Files.walk(data)) {
        gateway.endsCleanly();
        PushConsumers.awaitLeft();
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
