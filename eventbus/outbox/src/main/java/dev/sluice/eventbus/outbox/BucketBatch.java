package dev.sluice.eventbus.outbox;

import dev.sluice.lifecycle.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/** One claim of a bucket: its row is locked, its oldest events are published, and deleted. */
final class BucketBatch {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final int bucket;
  private final DataSource dataSource;
  private final EnvelopePublisher publisher;
  private final RelayOptions options;
  private final AtomicInteger publishing;
  private final AtomicReference<State> state = new AtomicReference<>(new State.Claiming());

  private sealed interface State {
    record Claiming() implements State {}

    record Publishing(BatchPublishing events) implements State {}

    record Abandoned() implements State {}
  }

  BucketBatch(
      int bucket,
      DataSource dataSource,
      EnvelopePublisher publisher,
      RelayOptions options,
      AtomicInteger publishing) {
    this.bucket = bucket;
    this.dataSource = dataSource;
    this.publisher = publisher;
    this.options = options;
    this.publishing = publishing;
  }

  int bucket() {
    return bucket;
  }

  /** Has it wait no longer for what is being published, and end its claim. Any thread. */
  void abandon() {
    if (state.getAndSet(new State.Abandoned()) instanceof State.Publishing running) {
      running.events().abandon();
    }
  }

  /** Claims, publishes, deletes. Nothing came of it where another relay has the bucket. */
  BatchPublishing.Outcome run(BooleanSupplier stopping) throws SQLException, InterruptedException {
    BatchPublishing.Outcome nothing = new BatchPublishing.Outcome(List.of(), List.of());
    try (RelayConnection opened = RelayConnection.open(dataSource)) {
      Connection connection = opened.connection();
      if (stopping.getAsBoolean() || !RelayTables.lock(connection, bucket)) {
        return nothing;
      }
      List<OutboxRow> rows =
          RelayTables.read(connection, bucket, System.currentTimeMillis(), options);
      BatchPublishing events = new BatchPublishing(publisher, rows, publishing);
      State claiming = state.get();
      if (!(claiming instanceof State.Claiming)
          || !state.compareAndSet(claiming, new State.Publishing(events))) {
        return nothing;
      }
      BatchPublishing.Outcome outcome =
          events.run(goOn(opened, stopping), BatchPublishing.end(options));
      if (!outcome.isOutage()) {
        note(connection, outcome);
        opened.commit();
      }
      return outcome;
    }
  }

  /** Whether a further event may be published: nobody else must have the bucket by then. */
  private BooleanSupplier goOn(RelayConnection claim, BooleanSupplier stopping) {
    Deadline end = Deadline.after(options.batchTime());
    var lookAgain =
        new Object() {
          Deadline at = Deadline.after(LOOK);
        };
    return () -> {
      if (stopping.getAsBoolean() || end.isPast()) {
        return false;
      }
      if (lookAgain.at.isPast()) {
        lookAgain.at = Deadline.after(LOOK);
        return claim.isAlive();
      }
      return true;
    };
  }

  private void note(Connection connection, BatchPublishing.Outcome outcome) throws SQLException {
    RelayTables.delete(connection, outcome.published());
    long now = System.currentTimeMillis();
    for (BatchPublishing.Failed each : outcome.failed()) {
      long wait = options.backoff().after(each.row().failed() + 1).toMillis();
      RelayTables.failed(connection, each.row(), each.error(), now, now + wait);
    }
  }
}
