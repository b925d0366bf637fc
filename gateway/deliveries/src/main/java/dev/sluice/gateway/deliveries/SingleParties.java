package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.Agreements;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who receives singly, by upstream, topic and group: whoever comes again with the same subscription
 * passes at once, anyone else when all others agree. Safe for use by any thread.
 */
final class SingleParties {

  /** The most groups and topics; what comes beyond them is not compared. */
  static final int MOST = 10_000;

  /** What callers of single receives share a party by. */
  record Key(SharedUpstream shared, String topic, String group) {}

  private final Instance instance;
  private final Agreements agreements;
  // A party removes itself when nobody has received for a while.
  private final ConcurrentMap<Key, SingleParty> parties = new ConcurrentHashMap<>();

  SingleParties(Instance instance, Agreements agreements) {
    this.instance = instance;
    this.agreements = agreements;
  }

  /**
   * Lets a receive begin, or fails as {@link dev.sluice.gateway.groups.Agreement#propose} does.
   *
   * @param client who receives
   * @param completion run on the calling loop; the visit is to be ended when the receive has ended
   */
  void enter(Key key, String client, Demand demand, Completion<Visit> completion) {
    SingleParty party = parties.get(key);
    if (party == null) {
      if (parties.size() >= MOST) {
        completion.done(Visit.NONE);
        return;
      }
      party = parties.computeIfAbsent(key, this::party);
    }
    ActiveUpstream active = key.shared().current();
    Visit visit = active == null ? null : party.enterAgain(client, demand, active);
    if (visit != null) {
      completion.done(visit);
    } else {
      party.enter(client, demand, instance.loops().current(), completion);
    }
  }

  private SingleParty party(Key key) {
    return new SingleParty(instance, this, agreements, key, instance.loops().owner(key));
  }

  /** The party is over: who comes now makes another one. */
  void remove(Key key, SingleParty party) {
    parties.remove(key, party);
  }

  /** The caller is gone; what it has under way ends by itself. */
  void forget(String client) {
    parties.values().forEach(party -> party.forget(client));
  }

  /** Ends those that nobody is receiving for; to be repeated while anybody is. */
  void closeAll() {
    List.copyOf(parties.values()).forEach(SingleParty::close);
  }
}
