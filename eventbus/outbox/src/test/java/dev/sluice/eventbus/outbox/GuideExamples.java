package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Envelope;
import dev.sluice.lifecycle.Ledger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** What the guide shows. */
final class GuideExamples {
  private final DataSource dataSource;
  private final Ledger ledger;
  private final AtomicInteger booked = new AtomicInteger();

  GuideExamples(DataSource dataSource, Ledger ledger) {
    this.dataSource = dataSource;
    this.ledger = ledger;
  }

  int booked() {
    return booked.get();
  }

  void pay(Outbox outbox, byte[] body) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      // Beside the program's own changes, in their transaction.
      outbox.append(connection, "orders", Envelope.json("order-17", "order-paid", 4, body));
      connection.commit();
      outbox.committed(); // if you like: relays of this process look at once
    }
  }

  OutboxRelay relay(Outbox outbox, EnvelopePublisher publisher) {
    RelayOptions options = RelayOptions.standard();
    OutboxRelay relay = OutboxRelay.create(outbox, dataSource, publisher, options, ledger);
    relay.start();
    return relay;
  }

  void handle(IdempotentConsumer once, Envelope event) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      once.runOnce(connection, "billing", event.eventId(), () -> book(connection, event));
      connection.commit();
    }
  }

  private void book(Connection connection, Envelope event) throws SQLException {
    if (!connection.isClosed() && event.eventVersion() > 0) {
      booked.incrementAndGet();
    }
  }
}
