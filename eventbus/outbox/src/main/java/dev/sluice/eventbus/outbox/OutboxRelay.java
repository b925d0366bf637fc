package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Publishes what is in an outbox, and deletes it there. Any number may run beside each other, in
 * one process or in many; each event is published by one of them. Started once, closed once.
 *
 * <p><b>Claims.</b> Aggregates are in 64 buckets by a hash of their id. Whoever publishes events of
 * a bucket has its row locked, in the transaction that reads them before and deletes them
 * afterwards; a locked bucket is passed over. So no two relays have events of one aggregate at a
 * time, and the claims of a relay that dies end with its connection.
 *
 * <p><b>At least once.</b> Within a bucket the next event of an aggregate is published when the one
 * before it is acknowledged. What was published and not deleted, because the relay died or the
 * database failed, is published again, in order, and so is what has an unknown outcome. Handlers
 * tell by the event id; {@link IdempotentConsumer} does.
 *
 * <p><b>Failures.</b> An event that fails is tried again, with waits, for ever; it holds up what
 * comes after it of its aggregate, and nothing else. {@link Outbox#stuck} tells of it, and {@link
 * Outbox#discard} gives it up. While the bus cannot publish anything, the relay looks with waits.
 *
 * <p>Batches and the look-out are virtual threads, as many as the options allow and one. The data
 * source is the caller's, and should have a connection for each.
 */
public interface OutboxRelay extends BoundedCloseable {

  /**
   * A relay that has not started.
   *
   * @param outbox made by {@link Outbox#in}
   * @param ledger where it is while it runs, kind {@code outbox relay}
   */
  static OutboxRelay create(
      Outbox outbox,
      DataSource dataSource,
      EnvelopePublisher publisher,
      RelayOptions options,
      Ledger ledger) {
    if (!(outbox instanceof JdbcOutbox tables)) {
      throw EventBusException.invalid("outbox", outbox, "made by Outbox.in");
    }
    return new JdbcRelay(tables, dataSource, publisher, options, ledger);
  }

  /**
   * Begins. Does not wait for the database, nor fail when it is away.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  void start();

  /** What goes on now. */
  RelaySnapshot inspect();

  /** {@link #close(Deadline)} with so much time from now on. */
  default CloseReport close(Duration time) {
    return close(Deadline.after(time));
  }
}
