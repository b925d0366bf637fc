package dev.sluice.eventbus;

import dev.sluice.lifecycle.LedgerSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a bus does at a moment. Costs a walk over its partitions, and asks no broker.
 *
 * @param group of the bus
 * @param transport the word for its kind of broker, such as {@code kafka}
 * @param health of the bus as a whole
 * @param detail of the connection, for a person
 * @param publishing messages being published, dead letters included
 * @param publishingBytes of these
 * @param published messages so far, dead letters and replays included
 * @param publishFailures messages so far whose publishing failed, or ended without an answer
 * @param rebalances how often partitions were taken away or given, so far
 * @param subscriptions each that is open
 * @param held partitions that are assigned and have no handler
 * @param ledger everything that its ledger has open, which others may share
 */
public record BusSnapshot(
    String group,
    String transport,
    Health health,
    String detail,
    long publishing,
    long publishingBytes,
    long published,
    long publishFailures,
    long rebalances,
    List<Consumption> subscriptions,
    List<Partition> held,
    LedgerSnapshot ledger) {

  /** Copies the lists. */
  public BusSnapshot {
    subscriptions = List.copyOf(subscriptions);
    held = List.copyOf(held);
  }

  /** How a bus is. */
  public enum Health {
    /** It was not started yet. */
    NEW,
    /** All goes on. */
    UP,
    /** It goes on, but something waits for a person: a parked key or a stalled partition. */
    ATTENTION,
    /** The broker cannot be reached. */
    DOWN,
    /** It is closing, or closed. */
    CLOSED
  }

  /**
   * A subscription at a moment.
   *
   * @param topic that it is of
   * @param running handlers that run, those included whose time is over
   * @param overdue of these, those that were interrupted and have not returned
   * @param waiting messages that were fetched and have not started, or wait for their next attempt
   * @param bytes of all that is not resolved
   * @param handled messages so far
   * @param retries attempts so far that were not a message's first
   * @param deadLettered messages so far
   * @param skipped messages so far
   * @param discarded results so far that came after their partition was taken away
   * @param parked keys and partitions that wait for somebody
   * @param partitions each that is assigned
   */
  public record Consumption(
      String topic,
      int running,
      int overdue,
      int waiting,
      long bytes,
      long handled,
      long retries,
      long deadLettered,
      long skipped,
      long discarded,
      int parked,
      List<Partition> partitions) {

    /** Copies the list. */
    public Consumption {
      partitions = List.copyOf(partitions);
    }

    /** Messages that were fetched and are not resolved. */
    public long inFlight() {
      return partitions.stream().mapToLong(Partition::unresolved).sum();
    }
  }

  /**
   * A partition at a moment.
   *
   * @param topic that it is of
   * @param partition its name
   * @param frontier how far all is resolved: the offset of the first message that is not, or behind
   *     the last one fetched; -1 before the first was fetched
   * @param unresolved messages that were fetched and are not resolved
   * @param frontierAge for how long the message at the frontier has been here; zero if none is
   * @param oldestKey the key of that message
   * @param stalled whether it waits for somebody
   * @param committed the offset that the group goes on with, if that is known
   * @param lag messages behind that, up to the end, if that is known
   */
  public record Partition(
      String topic,
      String partition,
      long frontier,
      int unresolved,
      Duration frontierAge,
      @Nullable String oldestKey,
      boolean stalled,
      OptionalLong committed,
      OptionalLong lag) {}
}
