package dev.sluice.eventbus.outbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The databases that the tables of an outbox can be in. */
public enum OutboxDatabase {
  /** PostgreSQL 9.5 or later. */
  POSTGRESQL(
      "postgresql.sql",
      "INSERT INTO sluice_consumed (consumer, event_id, consumed_at) VALUES (?, ?, ?)"
          + " ON CONFLICT (consumer, event_id) DO NOTHING"),

  /** H2 2.2.220 or later, which is the first to pass over locked rows. */
  H2(
      "h2.sql",
      "INSERT INTO sluice_consumed (consumer, event_id, consumed_at)"
          + " SELECT * FROM (VALUES (CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS BIGINT)))"
          + " AS seen (consumer, event_id, consumed_at)"
          + " WHERE NOT EXISTS (SELECT 1 FROM sluice_consumed AS old"
          + " WHERE old.consumer = seen.consumer AND old.event_id = seen.event_id)");

  /** How many buckets the schemas make. */
  static final int BUCKETS = 64;

  private final String file;
  private final String insertConsumed;

  OutboxDatabase(String file, String insertConsumed) {
    this.file = file;
    this.insertConsumed = insertConsumed;
  }

  /** Inserts a consumer's event; changes nothing where it is there. */
  String insertConsumed() {
    return insertConsumed;
  }

  /**
   * The statements that make the tables, which change nothing where they are there; for those who
   * have a tool for that.
   */
  public List<String> schema() {
    try (InputStream script = OutboxDatabase.class.getResourceAsStream(file)) {
      if (script == null) {
        throw new IllegalStateException(file + " is not in the jar");
      }
      String text = new String(script.readAllBytes(), StandardCharsets.UTF_8);
      String bare =
          text.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
      return Arrays.stream(bare.split(";", -1))
          .map(String::strip)
          .filter(statement -> !statement.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be read", e);
    }
  }
}
