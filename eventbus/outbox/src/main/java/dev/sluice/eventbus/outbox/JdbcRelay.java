package dev.sluice.eventbus.outbox;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tracked;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/** A relay from its start to its close. */
final class JdbcRelay implements OutboxRelay {
  private final JdbcOutbox outbox;
  private final DataSource dataSource;
  private final EnvelopePublisher publisher;
  private final RelayOptions options;
  private final Ledger ledger;
  private final BoundedCloseable closing;
  private final AtomicReference<State> state = new AtomicReference<>(new State.Fresh());

  private sealed interface State {
    record Fresh() implements State {}

    record Running(RelayRun run, Tracked entry) implements State {}

    record Closed() implements State {}
  }

  JdbcRelay(
      JdbcOutbox outbox,
      DataSource dataSource,
      EnvelopePublisher publisher,
      RelayOptions options,
      Ledger ledger) {
    this.outbox = outbox;
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    this.publisher = Objects.requireNonNull(publisher, "publisher");
    this.options = Objects.requireNonNull(options, "options");
    this.ledger = Objects.requireNonNull(ledger, "ledger");
    this.closing = StagedClose.named("outbox relay").stage("relay", 1, this::closeRun).build();
  }

  @Override
  public void start() {
    State fresh = state.get();
    RelayRun run = new RelayRun(outbox, dataSource, publisher, options, new RelayTasks(ledger));
    Tracked entry = ledger.track("outbox relay", "application", this);
    State running = new State.Running(run, entry);
    if (!(fresh instanceof State.Fresh) || !state.compareAndSet(fresh, running)) {
      entry.close();
      throw new IllegalStateException(
          "outbox relay: started or closed before (expected: started once)");
    }
    run.begin();
  }

  @Override
  public RelaySnapshot inspect() {
    return state.get() instanceof State.Running running
        ? running.run().inspect()
        : new RelaySnapshot(0, 0, 0, 0, null);
  }

  private CompletionStage<?> closeRun(Deadline deadline) {
    if (state.getAndSet(new State.Closed()) instanceof State.Running running) {
      return running
          .run()
          .closeAsync(deadline)
          .whenComplete((report, failure) -> running.entry().close());
    }
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
