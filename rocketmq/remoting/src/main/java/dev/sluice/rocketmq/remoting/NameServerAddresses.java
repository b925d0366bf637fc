package dev.sluice.rocketmq.remoting;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which name servers there are now. Safe for all threads. */
final class NameServerAddresses {
  /** So many that are no more are remembered, until their connections have gone. */
  private static final int FORMER = 256;

  private volatile List<Endpoint> current;
  private volatile Set<Endpoint> known;
  private volatile String whyNone = "none was given";

  NameServerAddresses(List<Endpoint> first) {
    current = List.copyOf(first);
    known = Set.copyOf(first);
  }

  /** The present ones; empty while none is known. */
  List<Endpoint> current() {
    return current;
  }

  /** Whether it is a name server, or was one: brokers are told things that name servers are not. */
  boolean isNameServer(Endpoint endpoint) {
    return known.contains(endpoint);
  }

  /** Replaces them; false where they are the same. */
  synchronized boolean replace(List<Endpoint> servers) {
    if (servers.equals(current)) {
      return false;
    }
    Set<Endpoint> all = new LinkedHashSet<>(servers);
    for (Endpoint former : known) {
      if (all.size() < FORMER) {
        all.add(former);
      }
    }
    known = Set.copyOf(all);
    current = List.copyOf(servers);
    return true;
  }

  /** What to tell of while none is known. */
  void none(String why) {
    whyNone = why;
  }

  /** The failure of calls that need one. */
  ClientException unknown() {
    return ClientException.of(FailureCategory.UNAVAILABLE, "no name server is known: " + whyNone);
  }
}
