package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.CheckSink;
import dev.sluice.gateway.core.CheckStream;
import dev.sluice.gateway.core.TransactionPath;
import dev.sluice.gateway.proto.v2.RecoverOrphanedTransactionCommand;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.spi.GatewayException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one telemetry stream's client is asked about: the orphaned transactions of the topics that
 * it publishes to. All but {@link #covers} and {@link #resume} is called in the stream's turns.
 */
final class OrphanChecks {

  private static final Logger LOG = LoggerFactory.getLogger(OrphanChecks.class);

  private final TransactionPath path;
  private final Call call;
  private final Executor turns;
  private final BooleanSupplier ready;
  private final Consumer<TelemetryCommand> sink;
  // Replaced as a whole; by full name, as the client writes it. Bounded by what settings may name.
  private volatile Map<String, Resource> topics = Map.of();
  private volatile @Nullable CheckStream stream;
  private @Nullable Checks current;

  /**
   * Asks nothing before the first topics are known.
   *
   * @param call of the caller whose transactions they are
   * @param turns the stream's
   * @param ready whether the stream takes more, asked on any thread
   * @param sink takes commands, in the stream's turns
   */
  OrphanChecks(
      TransactionPath path,
      Call call,
      Executor turns,
      BooleanSupplier ready,
      Consumer<TelemetryCommand> sink) {
    this.path = path;
    this.call = call;
    this.turns = turns;
    this.ready = ready;
    this.sink = sink;
  }

  boolean covers(String topic) {
    return topics.containsKey(topic);
  }

  /** The client publishes to these, by full name, and no longer only to those told before. */
  void publishes(Map<String, Resource> more) {
    if (topics.keySet().containsAll(more.keySet())) {
      ensureOpen();
      return;
    }
    var all = new HashMap<>(topics);
    for (Map.Entry<String, Resource> topic : more.entrySet()) {
      if (all.size() < ServerSettings.MAX_NAMES) {
        all.put(topic.getKey(), topic.getValue());
      }
    }
    close();
    topics = Map.copyOf(all);
    ensureOpen();
  }

  /** Begins anew where an upstream that did not start has ended the checks. */
  void ensureOpen() {
    Map<String, Resource> asked = topics;
    if (stream != null || asked.isEmpty()) {
      return;
    }
    try {
      var checks = new Checks(asked);
      current = checks;
      stream = path.checks(call.caller(), call.lease(), asked.keySet(), checks);
    } catch (GatewayException closing) {
      LOG.debug("No checks of transactions: {}", closing.getMessage());
    }
  }

  /** The stream is ready again. */
  void resume() {
    CheckStream open = stream;
    if (open != null) {
      open.resume();
    }
  }

  /** Ends it. Idempotent. */
  void close() {
    CheckStream open = stream;
    stream = null;
    if (open != null) {
      open.close();
    }
  }

  private final class Checks implements CheckSink {
    private final Map<String, Resource> asked;

    Checks(Map<String, Resource> asked) {
      this.asked = asked;
    }

    @Override
    public boolean isReady() {
      return ready.getAsBoolean();
    }

    @Override
    public void check(Check check) {
      Resource topic = asked.getOrDefault(check.message().topic(), Resource.getDefaultInstance());
      var command =
          TelemetryCommand.newBuilder()
              .setStatus(Statuses.OK)
              .setRecoverOrphanedTransactionCommand(
                  RecoverOrphanedTransactionCommand.newBuilder()
                      .setTransactionId(check.transactionId())
                      .setMessage(HalfMessages.message(topic, check.message())))
              .build();
      turns.execute(() -> sink.accept(command));
    }

    @Override
    public void ended(GatewayException failure) {
      LOG.debug("No more checks of transactions: {}", failure.getMessage());
      turns.execute(
          () -> {
            // Another may have been opened since.
            if (equals(current)) {
              stream = null;
            }
          });
    }
  }
}
