package dev.sluice.gateway.groups;

import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Party;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.Stand;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the parties of this instance stand. Whoever proposes is seen by all that ask from that
 * moment on, and has heard of all that asked when it settles: so of two that propose at once, one
 * learns of the other. Safe for use by any thread.
 */
final class Stands {

  // A table is removed with its last party.
  private final ConcurrentMap<GroupTopic, Table> tables = new ConcurrentHashMap<>();

  /** The parties of a group and topic; only touched while the map holds its key. */
  private static final class Table {
    private final Map<Party, Stand> stands = new TreeMap<>();
    // Those that go before a proposal, until it ends.
    private final Map<Party, Set<Peer>> before = new HashMap<>();
  }

  /** The party proposes to ask for something, beside what it asks for already. */
  void propose(GroupTopic key, Stand stand) {
    change(key, table -> table.stands.put(stand.party(), stand));
  }

  /** The party's proposal is over. */
  void decided(GroupTopic key, Stand stand) {
    change(
        key,
        table -> {
          table.before.remove(stand.party());
          table.stands.put(stand.party(), stand);
        });
  }

  /** The party asks for nothing any more. */
  void remove(GroupTopic key, Party party) {
    change(
        key,
        table -> {
          table.before.remove(party);
          table.stands.remove(party);
        });
  }

  /** What the party asks for; null where it does not. */
  @Nullable Demand askedBy(GroupTopic key, Party party) {
    return at(key, table -> Optional.ofNullable(table.stands.get(party)).map(Stand::asked))
        .orElse(null);
  }

  /** The stands of the instance's other parties. */
  List<Stand> others(GroupTopic key, Party party) {
    return at(
        key,
        table ->
            table.stands.values().stream().filter(stand -> !stand.party().equals(party)).toList());
  }

  /**
   * Another instance's party tells its stand and asks for ours.
   *
   * @param from where it can be asked what became of its proposal
   */
  List<Stand> hear(GroupTopic key, Stand asker, Peer from) {
    if (!tables.containsKey(key)) {
      return List.of();
    }
    return at(
        key,
        table -> {
          for (Stand own : table.stands.values()) {
            if (own.proposing()
                && Verdict.on(own.party(), own.wanted(), asker) instanceof Verdict.Undecided) {
              table.before.computeIfAbsent(own.party(), none -> new HashSet<>()).add(from);
            }
          }
          return table.stands.values().stream().limit(PeerAnswer.StandsCompared.MOST).toList();
        });
  }

  /** Ends a proposal, unless somebody goes before it. */
  Settlement settle(GroupTopic key, Party party) {
    return at(key, table -> settle(table, party));
  }

  private static Settlement settle(Table table, Party party) {
    Stand own = Objects.requireNonNull(table.stands.get(party));
    Set<Peer> before = table.before.remove(party);
    if (before != null) {
      return new Settlement.Consult(before);
    }
    boolean wait = false;
    for (Stand other : table.stands.values()) {
      if (!other.party().equals(party)) {
        switch (Verdict.on(party, own.wanted(), other)) {
          case Verdict.Conflicts(Demand with) -> {
            return new Settlement.Conflict(with);
          }
          case Verdict.Undecided _ -> wait = true;
          case Verdict.Agrees _ -> {}
        }
      }
    }
    if (wait) {
      return new Settlement.Wait();
    }
    table.stands.put(party, new Stand(party, own.wanted(), own.wanted(), false));
    return new Settlement.Settled();
  }

  /** Whether nobody stands anywhere. */
  boolean isEmpty() {
    return tables.isEmpty();
  }

  private void change(GroupTopic key, Consumer<Table> work) {
    var _ =
        at(
            key,
            table -> {
              work.accept(table);
              return table;
            });
  }

  private <T> T at(GroupTopic key, Function<Table, T> work) {
    var result = new AtomicReference<@Nullable T>();
    tables.compute(
        key,
        (same, known) -> {
          Table table = known == null ? new Table() : known;
          result.set(work.apply(table));
          return table.stands.isEmpty() ? null : table;
        });
    return Objects.requireNonNull(result.get());
  }
}
