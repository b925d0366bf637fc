package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Endpoint;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.SharedUpstreams;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

/**
 * The live sessions of one kind by id, rebuilt from their ids where they are not live. Safe for use
 * by any thread.
 *
 * @param <C> what an id of this kind carries
 * @param <S> the sessions
 */
final class LiveSessions<C extends SessionId, S extends LiveSession> {

  private static final int MAX_CLEANED = 100_000;

  /** What differs between the kinds. */
  interface Kind<C, S> {
    /** For people: {@code producer id}. */
    String name();

    Subject subject();

    UpstreamLease.Idle idle();

    /** What the id carries; empty where it does not open. */
    Optional<C> open(String id);

    /** Makes a session, which owns the lease. */
    S make(ConnectionScope scope, String id, C content, UpstreamLease lease);
  }

  private final Instance instance;
  private final SharedUpstreams upstreams;
  private final Kind<C, S> kind;
  // A session removes itself when it is closed, at the latest with its connection.
  private final ConcurrentMap<String, S> live = new ConcurrentHashMap<>();
  private final CleanedIds cleaned = new CleanedIds(MAX_CLEANED);

  LiveSessions(Instance instance, SharedUpstreams upstreams, Kind<C, S> kind) {
    this.instance = instance;
    this.upstreams = upstreams;
    this.kind = kind;
  }

  /**
   * The session with this id, rebuilt where it is not live.
   *
   * @throws GatewayException with {@code NOT_FOUND} where the id does not open or was cleaned up
   */
  S get(ConnectionScope scope, String id) {
    S known = live.get(id);
    if (known != null) {
      return known;
    }
    instance.requireAccepting();
    C content = kind.open(id).filter(opened -> !cleaned.contains(id)).orElseThrow(this::notFound);
    return add(scope, id, content, instance.endpoints().resolve(content.endpoint()));
  }

  private GatewayException notFound() {
    return GatewayException.notFound(
        kind.subject(),
        kind.name()
            + ": does not open or was cleaned up (expected: one that this cluster gave out)");
  }

  /** The session with this id, made unless it is live. */
  S add(ConnectionScope scope, String id, C content, Endpoint endpoint) {
    UpstreamLease lease =
        upstreams.lease(
            endpoint.scheme(),
            new UpstreamSpec(endpoint.address(), content.instance(), content.credentials()),
            kind.idle(),
            scope.peer());
    S session = kind.make(scope, id, content, lease);
    S other = live.putIfAbsent(id, session);
    if (other != null) {
      session.close();
      return other;
    }
    scope.adopt(session);
    return session;
  }

  void remove(S session) {
    live.remove(session.id(), session);
  }

  /** Ends the session and makes its id unusable; 0 where there is no such id, or not any more. */
  int cleanUp(String id) {
    S known = live.get(id);
    if (known == null && kind.open(id).isEmpty()) {
      return 0;
    }
    // Marked first: nobody can bring it back between the two.
    boolean first = cleaned.add(id);
    if (known != null) {
      known.close();
    }
    return first ? 1 : 0;
  }

  /** Cleans up the live sessions that are chosen; how many. */
  int cleanUp(Predicate<S> chosen) {
    return List.copyOf(live.values()).stream()
        .filter(chosen)
        .mapToInt(session -> cleanUp(session.id()))
        .sum();
  }
}
