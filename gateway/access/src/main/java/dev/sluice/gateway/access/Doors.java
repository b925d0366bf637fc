package dev.sluice.gateway.access;

import java.util.Map;
import java.util.Set;

/**
 * Which services ask who calls, and how they do.
 *
 * @param authenticator of all services but the others named here
 * @param ownAnswers authenticators of services whose frontends tell those who are refused
 *     themselves, in their protocol's own way: {@link
 *     dev.sluice.gateway.core.CurrentConnection#get} throws what they are to be told
 * @param open the full names of the methods, and the names of the services, that everyone may call
 * @param unlimited the names of the services that everyone may call, also on connections beyond the
 *     limits; they have no scope
 */
public record Doors(
    Authenticator authenticator,
    Map<String, Authenticator> ownAnswers,
    Set<String> open,
    Set<String> unlimited) {

  public Doors {
    ownAnswers = Map.copyOf(ownAnswers);
    open = Set.copyOf(open);
    unlimited = Set.copyOf(unlimited);
  }
}
