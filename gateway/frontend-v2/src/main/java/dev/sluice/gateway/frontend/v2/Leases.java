package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Endpoint;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.gateway.upstreams.Upstreams;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What calls go to the message system through: all of them through one upstream, but those of
 * callers with credentials of their own, each of which has a lease of its own for as long as its
 * part of a connection lasts. Safe for use by any thread.
 */
final class Leases implements AutoCloseable {

  private final Upstreams upstreams;
  private final Endpoint endpoint;
  private final UpstreamLease common;
  // A part of a connection takes its own out when it ends.
  private final ConcurrentHashMap<ConnectionScope, Own> own = new ConcurrentHashMap<>();
  private volatile MemberInquiries inquiries = MemberInquiries.NONE;

  /** Takes the common lease, which the first request starts. */
  Leases(Upstreams upstreams, Endpoint endpoint, Credentials credentials) {
    this.upstreams = upstreams;
    this.endpoint = endpoint;
    this.common = lease(credentials);
  }

  private UpstreamLease lease(Credentials credentials) {
    return upstreams.lease(
        endpoint.scheme(),
        new UpstreamSpec(endpoint.address(), "", credentials),
        UpstreamLease.Idle.CONSUMER,
        "apache.rocketmq.v2");
  }

  /** Who answers what administrators ask, whichever upstream they ask through. */
  void answer(MemberInquiries answers) {
    inquiries = answers;
    common.answer(answers);
  }

  /**
   * The lease of a caller's calls.
   *
   * @throws dev.sluice.gateway.spi.GatewayException where it would be one upstream too many
   */
  UpstreamLease of(ConnectionScope scope) {
    Optional<Credentials> credentials = scope.caller().credentials();
    if (credentials.isEmpty()) {
      return common;
    }
    Own known = own.get(scope);
    if (known != null) {
      if (known.lease.spec().credentials().equals(credentials.get())) {
        return known.lease;
      }
      known.close();
    }
    Own made = new Own(scope, lease(credentials.get()));
    Own faster = own.putIfAbsent(scope, made);
    if (faster != null) {
      made.lease.close();
      return faster.lease;
    }
    made.lease.answer(inquiries);
    // Closes it at once where the connection has ended.
    scope.adopt(made);
    return made.lease;
  }

  private final class Own implements AutoCloseable {
    private final ConnectionScope scope;
    private final UpstreamLease lease;

    Own(ConnectionScope scope, UpstreamLease lease) {
      this.scope = scope;
      this.lease = lease;
    }

    /** Idempotent. What is under way by the lease goes on. */
    @Override
    public void close() {
      own.remove(scope, this);
      scope.forget(this);
      lease.close();
    }
  }

  @Override
  public void close() {
    common.close();
    own.values().forEach(Own::close);
  }
}
