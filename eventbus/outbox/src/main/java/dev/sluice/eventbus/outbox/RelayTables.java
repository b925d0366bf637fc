package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBusException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/** The tables, as a relay uses them. */
final class RelayTables {
  private static final int ERROR_LENGTH = 1000;

  /** Rows that the driver has in memory at a time, which matters where payloads are large. */
  private static final int FETCHED = 16;

  private static final String WAITING =
      " FROM sluice_outbox o LEFT JOIN sluice_outbox_failure f ON f.aggregate_id = o.aggregate_id"
          + " WHERE (f.aggregate_id IS NULL OR f.next_attempt_at <= ?) AND o.bucket = ";

  private RelayTables() {}

  /** The buckets in which there is something to publish now. */
  static List<Integer> due(Connection connection, long now) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT b.bucket FROM sluice_outbox_bucket b WHERE EXISTS (SELECT 1"
                + WAITING
                + "b.bucket)")) {
      query.setLong(1, now);
      try (ResultSet row = query.executeQuery()) {
        List<Integer> due = new ArrayList<>();
        while (row.next()) {
          due.add(row.getInt(1));
        }
        return due;
      }
    }
  }

  /** When the next of the failed events is due that are not yet; empty if there is none. */
  static OptionalLong nextAttempt(Connection connection, long now) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT MIN(next_attempt_at) FROM sluice_outbox_failure WHERE next_attempt_at > ?")) {
      query.setLong(1, now);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        long next = row.getLong(1);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(next);
      }
    }
  }

  /** Has the bucket for this transaction; false if another one has it. */
  static boolean lock(Connection connection, int bucket) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT bucket FROM sluice_outbox_bucket WHERE bucket = ? FOR UPDATE SKIP LOCKED")) {
      query.setInt(1, bucket);
      try (ResultSet row = query.executeQuery()) {
        return row.next();
      }
    }
  }

  /** The oldest events of a bucket, those of aggregates that back off left out. */
  static List<OutboxRow> read(Connection connection, int bucket, long now, RelayOptions options)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT o.position, o.topic, o.event_id, o.aggregate_id, o.event_type,"
                + " o.event_version, o.occurred_at, o.trace_id, o.correlation_id, o.tenant_id,"
                + " o.content_type, o.payload, f.attempts, f.position"
                + WAITING
                + "? ORDER BY o.position LIMIT ?")) {
      query.setLong(1, now);
      query.setInt(2, bucket);
      query.setInt(3, options.batchSize());
      query.setFetchSize(FETCHED);
      try (ResultSet row = query.executeQuery()) {
        List<OutboxRow> rows = new ArrayList<>();
        long bytes = 0;
        while (row.next()) {
          OutboxRow next = row(row);
          bytes += next.bytes();
          if (!rows.isEmpty() && bytes > options.batchBytes()) {
            break;
          }
          rows.add(next);
        }
        return rows;
      }
    }
  }

  private static OutboxRow row(ResultSet row) throws SQLException {
    long position = row.getLong(1);
    int attempts = row.getInt(13);
    long failedPosition = row.getLong(14);
    boolean stuck = !row.wasNull();
    return new OutboxRow(
        position,
        row.getString(2),
        row.getString(4),
        content(row),
        stuck && failedPosition == position ? attempts : 0,
        stuck);
  }

  private static OutboxRow.Content content(ResultSet row) throws SQLException {
    try {
      return new OutboxRow.Content.Event(
          new Envelope(
              row.getString(3),
              row.getString(4),
              row.getString(5),
              row.getLong(6),
              Instant.parse(row.getString(7)),
              row.getString(8),
              row.getString(9),
              row.getString(10),
              row.getString(11),
              row.getBytes(12)));
    } catch (EventBusException | DateTimeException e) {
      // Whoever wrote it, it must not hold up others.
      return new OutboxRow.Content.Broken(e);
    }
  }

  /** Takes published events away, and what was noted of their aggregates. */
  static void delete(Connection connection, Collection<OutboxRow> published) throws SQLException {
    try (PreparedStatement event =
            connection.prepareStatement("DELETE FROM sluice_outbox WHERE position = ?");
        PreparedStatement failure =
            connection.prepareStatement(
                "DELETE FROM sluice_outbox_failure WHERE aggregate_id = ?")) {
      boolean stuck = false;
      for (OutboxRow row : published) {
        event.setLong(1, row.position());
        event.addBatch();
        if (row.stuck()) {
          failure.setString(1, row.aggregate());
          failure.addBatch();
          stuck = true;
        }
      }
      event.executeBatch();
      if (stuck) {
        failure.executeBatch();
      }
    }
  }

  /** Notes that the oldest event of an aggregate failed, and when it is tried again. */
  static void failed(Connection connection, OutboxRow row, String error, long now, long next)
      throws SQLException {
    String shown = error.length() <= ERROR_LENGTH ? error : error.substring(0, ERROR_LENGTH);
    // Not every database has text with this character.
    shown = shown.replace('\0', ' ');
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE sluice_outbox_failure SET position = ?, attempts = ?, next_attempt_at = ?,"
                + " last_error = ? WHERE aggregate_id = ?")) {
      update.setLong(1, row.position());
      update.setInt(2, row.failed() + 1);
      update.setLong(3, next);
      update.setString(4, shown);
      update.setString(5, row.aggregate());
      if (update.executeUpdate() == 1) {
        return;
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO sluice_outbox_failure (aggregate_id, position, attempts, first_failed_at,"
                + " next_attempt_at, last_error) VALUES (?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, row.aggregate());
      insert.setLong(2, row.position());
      insert.setInt(3, row.failed() + 1);
      insert.setLong(4, now);
      insert.setLong(5, next);
      insert.setString(6, shown);
      insert.executeUpdate();
    }
  }
}
