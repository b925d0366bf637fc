package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Endpoint;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Permit;
import dev.sluice.gateway.upstreams.SharedUpstreams;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The live sessions of one kind by id, rebuilt from their ids where they are not live. Each
 * connection that uses an id has a session of its own, so that none ends with a connection that it
 * was not used on: a caller whose network broke comes back long before its old connection is found
 * dead. Safe for use by any thread.
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

    /** Makes a session, which owns what is in its basis. */
    S make(LiveSession.Basis basis, C content);
  }

  private final Instance instance;
  private final SharedUpstreams upstreams;
  private final Kind<C, S> kind;
  // By id those of each connection, in a list that is replaced and never changed. A session removes
  // itself when it is closed, at the latest with its connection.
  private final ConcurrentMap<String, List<S>> live = new ConcurrentHashMap<>();
  private final CleanedIds cleaned = new CleanedIds(MAX_CLEANED);

  LiveSessions(Instance instance, SharedUpstreams upstreams, Kind<C, S> kind) {
    this.instance = instance;
    this.upstreams = upstreams;
    this.kind = kind;
  }

  /**
   * The connection's session with this id, rebuilt where it is not live.
   *
   * @throws GatewayException with {@code NOT_FOUND} where the id does not open or was cleaned up,
   *     {@code PERMISSION_DENIED} where it was made for another caller
   */
  S get(ConnectionScope scope, String id) {
    S known = of(scope, live.getOrDefault(id, List.of()));
    if (known != null) {
      checkOwner(known.owner(), scope);
      return known;
    }
    instance.requireAccepting();
    C content = kind.open(id).filter(opened -> !cleaned.contains(id)).orElseThrow(this::notFound);
    checkOwner(content.owner(), scope);
    return add(scope, id, content, instance.endpoints().resolve(content.endpoint()));
  }

  private @Nullable S of(ConnectionScope scope, List<S> sessions) {
    for (S session : sessions) {
      if (session.scope().equals(scope)) {
        return session;
      }
    }
    return null;
  }

  /** An id made for nobody in particular is for everyone who has it; see docs/security.md. */
  private void checkOwner(String owner, ConnectionScope scope) {
    if (!owner.isEmpty() && !owner.equals(scope.caller().name())) {
      throw new GatewayException(
          ErrorCategory.PERMISSION_DENIED,
          kind.subject(),
          kind.name()
              + ": was made with another API key (expected: one made with the key of this call)");
    }
  }

  private GatewayException notFound() {
    return GatewayException.notFound(
        kind.subject(),
        kind.name()
            + ": does not open or was cleaned up (expected: one that this cluster gave out)");
  }

  /**
   * The connection's session with this id, made unless it is live.
   *
   * @throws GatewayException with {@code NOT_FOUND} where the id was cleaned up, {@code OVERLOADED}
   *     where the caller or its connection has as many as it may
   */
  S add(ConnectionScope scope, String id, C content, Endpoint endpoint) {
    Permit permit = scope.session();
    UpstreamLease lease = lease(scope, content, endpoint, permit);
    S session =
        kind.make(
            new LiveSession.Basis(scope, id, content.owner(), lease, permit, this::remove),
            content);
    List<S> all = live.compute(id, (same, known) -> with(session, known));
    S first = all == null ? null : of(scope, all);
    if (session.equals(first)) {
      session.begin();
    } else {
      session.close();
    }
    if (first == null) {
      throw notFound();
    }
    return first;
  }

  /** Called in turn with the removal of what is cleaned up, so that nothing of it comes back. */
  private @Nullable List<S> with(S session, @Nullable List<S> known) {
    if (cleaned.contains(session.id()) || (known != null && of(session.scope(), known) != null)) {
      return known;
    }
    List<S> others = known == null ? List.of() : known;
    return Stream.concat(others.stream(), Stream.of(session)).toList();
  }

  /** Gives the permit back where there is no lease. */
  private UpstreamLease lease(ConnectionScope scope, C content, Endpoint endpoint, Permit permit) {
    try {
      return upstreams.lease(
          endpoint.scheme(),
          new UpstreamSpec(endpoint.address(), content.instance(), content.credentials()),
          kind.idle(),
          scope.peer());
    } catch (RuntimeException e) {
      permit.close();
      throw e;
    }
  }

  private void remove(LiveSession session) {
    live.computeIfPresent(
        session.id(),
        (id, all) -> {
          List<S> others = all.stream().filter(other -> !other.equals(session)).toList();
          return others.isEmpty() ? null : others;
        });
  }

  /**
   * Ends the sessions with this id, of all connections, and makes it unusable; 0 where there is no
   * such id, or not any more.
   *
   * @throws GatewayException with {@code PERMISSION_DENIED} where it was made for another caller
   */
  int cleanUp(ConnectionScope scope, String id) {
    Optional<String> owner =
        live.getOrDefault(id, List.of()).stream()
            .findFirst()
            .map(LiveSession::owner)
            .or(() -> kind.open(id).map(SessionId::owner));
    if (owner.isEmpty()) {
      return 0;
    }
    checkOwner(owner.get(), scope);
    // Marked first: what is added after the removal sees the mark.
    boolean first = cleaned.add(id);
    List<S> ended = live.remove(id);
    if (ended != null) {
      ended.forEach(LiveSession::close);
    }
    return first ? 1 : 0;
  }

  /** Cleans up those of the scope's live sessions that are chosen; how many. */
  int cleanUp(ConnectionScope scope, Predicate<S> chosen) {
    return List.copyOf(live.values()).stream()
        .flatMap(List::stream)
        .filter(session -> session.scope().equals(scope))
        .filter(chosen)
        .mapToInt(session -> cleanUp(scope, session.id()))
        .sum();
  }
}
