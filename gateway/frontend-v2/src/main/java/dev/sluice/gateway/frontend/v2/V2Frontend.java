package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.util.List;

/**
 * Serves {@code apache.rocketmq.v2.MessagingService}, which the official clients of RocketMQ 5
 * speak, on the gateway's core. Its callers have no sessions of their own making: what a request
 * needs is in the request. All of them go to the configured upstream, and share a client of it, but
 * those with credentials of their own.
 *
 * <p>Handlers run on the transport's loops and never block. Whoever makes it closes it, before the
 * gateway.
 */
public final class V2Frontend implements AutoCloseable {

  private final Leases leases;
  private final Clients clients;
  private final ServerServiceDefinition service;

  private V2Frontend(Leases leases, Clients clients, ServerServiceDefinition service) {
    this.leases = leases;
    this.clients = clients;
    this.service = service;
  }

  /** Makes the service for a message system that asks nobody who they are. */
  public static V2Frontend create(Gateway gateway, CurrentConnection connection, Ledger ledger) {
    return create(gateway, connection, Credentials.NONE, List.of(), ledger);
  }

  /**
   * Makes the service. Takes a lease of the configured upstream, which the first request starts.
   *
   * @param connection tells the connection of the call being served
   * @param credentials what calls go to the upstream under whose callers have none of their own
   * @param endpoints {@code host:port} by which clients reach this gateway: one, or several IP
   *     addresses of one kind; none for what each says that it dialled
   * @param ledger counts its streams
   */
  public static V2Frontend create(
      Gateway gateway,
      CurrentConnection connection,
      Credentials credentials,
      List<String> endpoints,
      Ledger ledger) {
    AccessPoint accessPoint = AccessPoint.at(endpoints);
    var leases = new Leases(gateway.upstreams(), gateway.endpoints().upstream(), credentials);
    var callers = new Callers(connection, leases);
    var clients =
        new Clients(
            callers, ledger, gateway.clock(), gateway.transactions(), gateway.receives()::forget);
    leases.answer(new ClientInquiries(clients.groups(), clients.questions()));
    var transactions = new Transactions(callers, gateway.transactions());
    var kinds = new TopicKinds(Clock.system());
    var lites = new LiteTopics(callers, kinds);
    clients.whenLeft(LiteTopics::left);
    var service =
        new MessagingService(
            new Routes(callers, accessPoint, clients),
            new Assignments(callers, accessPoint),
            new Sends(callers, gateway.sends(), transactions, kinds, clients),
            transactions,
            new Recalls(callers),
            new Receives(
                callers,
                gateway.receives(),
                gateway.acks(),
                clients,
                gateway.settings().receive().maxHold()),
            new Acks(callers, gateway.acks()),
            new InvisibleDurations(callers, gateway.acks()),
            new DeadLetterForwards(callers, gateway.acks()),
            new Pulls(callers, gateway.pulls()),
            new QueuePositions(callers),
            lites,
            clients);
    return new V2Frontend(
        leases,
        clients,
        ServerInterceptors.interceptForward(
            service, new RefusedCalls(connection), new CallerIdentity()));
  }

  /** What a gRPC server serves. */
  public ServerServiceDefinition service() {
    return service;
  }

  /** Ends the telemetry streams, and gives up the upstreams. Idempotent. */
  @Override
  public void close() {
    clients.leave();
    leases.close();
  }
}
