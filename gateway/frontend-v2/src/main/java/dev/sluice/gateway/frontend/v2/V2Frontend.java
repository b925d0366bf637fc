package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.upstreams.Endpoint;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;

/**
 * Serves {@code apache.rocketmq.v2.MessagingService}, which the official clients of RocketMQ 5
 * speak, on the gateway's core. Its callers have no sessions of their own making: what a request
 * needs is in the request, and all of them share one upstream, the configured one.
 *
 * <p>Handlers run on the transport's loops and never block. Whoever makes it closes it, before the
 * gateway.
 */
public final class V2Frontend implements AutoCloseable {

  private final UpstreamLease lease;
  private final Clients clients;
  private final ServerServiceDefinition service;

  private V2Frontend(UpstreamLease lease, Clients clients, ServerServiceDefinition service) {
    this.lease = lease;
    this.clients = clients;
    this.service = service;
  }

  /**
   * Makes the service. Takes a lease of the configured upstream, which the first request starts.
   *
   * @param connection tells the connection of the call being served
   * @param ledger counts its streams
   */
  public static V2Frontend create(Gateway gateway, CurrentConnection connection, Ledger ledger) {
    Endpoint endpoint = gateway.endpoints().upstream();
    UpstreamLease lease =
        gateway
            .upstreams()
            .lease(
                endpoint.scheme(),
                new UpstreamSpec(endpoint.address(), "", Credentials.NONE),
                UpstreamLease.Idle.CONSUMER,
                "apache.rocketmq.v2");
    var clients =
        new Clients(
            lease,
            ledger,
            gateway.clock(),
            connection,
            new OrphanChecks.Source(gateway.transactions(), lease),
            gateway.receives()::forget);
    lease.answer(new ClientInquiries(clients.groups(), clients.questions()));
    var transactions = new Transactions(lease, gateway.transactions(), connection);
    var kinds = new TopicKinds(lease, Clock.system());
    var service =
        new MessagingService(
            new Routes(lease),
            new Assignments(lease),
            new Sends(lease, gateway.sends(), transactions, kinds, clients, connection),
            transactions,
            new Recalls(lease),
            new Receives(
                lease,
                gateway.receives(),
                gateway.acks(),
                clients,
                gateway.settings().receive().maxHold()),
            new Acks(lease, gateway.acks(), connection),
            new InvisibleDurations(lease, gateway.acks()),
            new DeadLetterForwards(lease, gateway.acks()),
            new Pulls(lease, gateway.pulls()),
            new QueuePositions(lease),
            clients);
    return new V2Frontend(
        lease,
        clients,
        ServerInterceptors.intercept(service, new CallerIdentity(), new NotServedYet()));
  }

  /** What a gRPC server serves. */
  public ServerServiceDefinition service() {
    return service;
  }

  /** Ends the telemetry streams, and gives up the upstream. Idempotent. */
  @Override
  public void close() {
    clients.leave();
    lease.close();
  }
}
