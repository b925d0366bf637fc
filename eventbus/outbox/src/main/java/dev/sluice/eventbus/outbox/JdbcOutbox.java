package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBusException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The tables, as applications and operators use them. */
final class JdbcOutbox implements Outbox {
  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

  private final OutboxDatabase database;

  /** Of the relays that run; each takes its own away when it closes. */
  private final Set<Wakes> relays = ConcurrentHashMap.newKeySet();

  JdbcOutbox(OutboxDatabase database) {
    this.database = database;
  }

  void add(Wakes relay) {
    relays.add(relay);
  }

  void remove(Wakes relay) {
    relays.remove(relay);
  }

  @Override
  public OutboxDatabase database() {
    return database;
  }

  @Override
  public void createSchema(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : database.schema()) {
        statement.execute(each);
      }
    }
  }

  @Override
  public void append(Connection connection, String topic, Envelope envelope) throws SQLException {
    Transactions.check(connection);
    if (!TOPIC.matcher(topic).matches()) {
      throw EventBusException.invalid(
          "topic", topic, "1 to 255 characters of A-Z a-z 0-9 . _ -, the first a letter or digit");
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO sluice_outbox (bucket, appended_at, topic, aggregate_id, event_id,"
                + " event_type, event_version, occurred_at, trace_id, correlation_id, tenant_id,"
                + " content_type, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setInt(1, Buckets.of(envelope.aggregateId()));
      insert.setLong(2, System.currentTimeMillis());
      insert.setString(3, topic);
      insert.setString(4, envelope.aggregateId());
      insert.setString(5, envelope.eventId());
      insert.setString(6, envelope.eventType());
      insert.setLong(7, envelope.eventVersion());
      insert.setString(8, envelope.timestamp().toString());
      insert.setString(9, envelope.traceId());
      insert.setString(10, envelope.correlationId());
      insert.setString(11, envelope.tenantId());
      insert.setString(12, envelope.contentType());
      insert.setBytes(13, envelope.payload());
      insert.executeUpdate();
    }
    relays.forEach(Wakes::expect);
  }

  @Override
  public void committed() {
    relays.forEach(Wakes::wake);
  }

  @Override
  public OutboxStatus status(Connection connection) throws SQLException {
    long now = System.currentTimeMillis();
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT (SELECT COUNT(*) FROM sluice_outbox),"
                    + " (SELECT appended_at FROM sluice_outbox ORDER BY position LIMIT 1),"
                    + " (SELECT COUNT(*) FROM sluice_outbox_failure),"
                    + " (SELECT last_error FROM sluice_outbox_failure"
                    + " ORDER BY next_attempt_at DESC LIMIT 1)");
        ResultSet row = query.executeQuery()) {
      row.next();
      long appended = row.getLong(2);
      Duration oldest =
          row.wasNull() ? Duration.ZERO : Duration.ofMillis(Math.max(0, now - appended));
      return new OutboxStatus(row.getLong(1), oldest, row.getLong(3), row.getString(4));
    }
  }

  @Override
  public List<StuckAggregate> stuck(Connection connection, int max) throws SQLException {
    if (max < 1 || max > 10_000) {
      throw EventBusException.invalid("max", max, "1 to 10000");
    }
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT aggregate_id, position, attempts, first_failed_at, next_attempt_at, last_error"
                + " FROM sluice_outbox_failure ORDER BY first_failed_at, aggregate_id LIMIT ?")) {
      query.setInt(1, max);
      try (ResultSet row = query.executeQuery()) {
        List<StuckAggregate> stuck = new ArrayList<>();
        while (row.next()) {
          stuck.add(
              new StuckAggregate(
                  row.getString(1),
                  row.getLong(2),
                  row.getInt(3),
                  Instant.ofEpochMilli(row.getLong(4)),
                  Instant.ofEpochMilli(row.getLong(5)),
                  row.getString(6)));
        }
        return stuck;
      }
    }
  }

  @Override
  public boolean retry(Connection connection, String aggregateId) throws SQLException {
    Transactions.check(connection);
    lock(connection, Buckets.of(aggregateId));
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE sluice_outbox_failure SET next_attempt_at = 0 WHERE aggregate_id = ?")) {
      update.setString(1, aggregateId);
      boolean stuck = update.executeUpdate() == 1;
      relays.forEach(Wakes::expect);
      return stuck;
    }
  }

  @Override
  public boolean discard(Connection connection, long position) throws SQLException {
    Transactions.check(connection);
    String aggregate;
    try (PreparedStatement query =
        connection.prepareStatement("SELECT aggregate_id FROM sluice_outbox WHERE position = ?")) {
      query.setLong(1, position);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return false;
        }
        aggregate = row.getString(1);
      }
    }
    lock(connection, Buckets.of(aggregate));
    try (PreparedStatement failure =
            connection.prepareStatement("DELETE FROM sluice_outbox_failure WHERE position = ?");
        PreparedStatement event =
            connection.prepareStatement("DELETE FROM sluice_outbox WHERE position = ?")) {
      failure.setLong(1, position);
      failure.executeUpdate();
      event.setLong(1, position);
      boolean there = event.executeUpdate() == 1;
      relays.forEach(Wakes::expect);
      return there;
    }
  }

  /** Waits until no relay has the bucket. */
  private static void lock(Connection connection, int bucket) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement(
            "SELECT bucket FROM sluice_outbox_bucket WHERE bucket = ? FOR UPDATE")) {
      lock.setInt(1, bucket);
      lock.executeQuery().close();
    }
  }
}
