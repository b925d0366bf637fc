package dev.sluice.gateway.server;

import dev.sluice.engines.EngineException;
import dev.sluice.engines.EngineExit;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine that is started again, on the same ports and data, when its process ends by itself. */
final class SupervisedEngine implements BoundedCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SupervisedEngine.class);
  private static final Executor THREADS =
      task -> Thread.ofVirtual().name("sluice-engine").start(task);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final RocketMQEngine engine;
  private volatile boolean closing;

  private SupervisedEngine(RocketMQEngine engine) {
    this.engine = engine;
  }

  /** Watches the engine, and owns it from now on. */
  static SupervisedEngine watching(RocketMQEngine engine) {
    SupervisedEngine supervised = new SupervisedEngine(engine);
    supervised.watch();
    return supervised;
  }

  private void watch() {
    var _ = engine.onExit().thenAcceptAsync(this::ended, THREADS);
  }

  private void ended(EngineExit exit) {
    if (!closing) {
      LOG.error("The RocketMQ engine ended by itself ({}); starting it again", exit);
      restart(FIRST_PAUSE);
    }
  }

  private void restart(Duration pause) {
    if (closing) {
      return;
    }
    try {
      engine.restart();
      LOG.warn("The RocketMQ engine runs again");
      watch();
    } catch (EngineException e) {
      Duration next =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
              ? LONGEST_PAUSE
              : pause.multipliedBy(2);
      LOG.error(
          "The RocketMQ engine did not start, next try in {} ms: {}",
          pause.toMillis(),
          e.getMessage());
      CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, THREADS)
          .execute(() -> restart(next));
    } catch (IllegalStateException e) {
      LOG.debug("Closed while starting again", e);
    }
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    closing = true;
    return engine.closeAsync(deadline);
  }
}
