package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Broker;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.Permission;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.QueryRouteResponse;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import java.util.ArrayList;
import java.util.List;

/** QueryRoute: a topic's queues, at the address that the caller endpoints. */
final class Routes {

  private final Callers callers;
  private final AccessPoint accessPoint;
  private final Clients clients;

  Routes(Callers callers, AccessPoint accessPoint, Clients clients) {
    this.callers = callers;
    this.accessPoint = accessPoint;
    this.clients = clients;
  }

  QueryRouteResponse refused(Status status) {
    return QueryRouteResponse.newBuilder().setStatus(status).build();
  }

  void query(QueryRouteRequest request, Reply<QueryRouteResponse> reply) {
    Call call = callers.current();
    String topic = ResourceNames.topic(request.getTopic());
    call.mayKnow(topic);
    Endpoints endpoints = accessPoint.forCallerOf(request.getEndpoints());
    call.lease()
        .use(
            new Completion<>() {
              @Override
              public void done(ActiveUpstream active) {
                active
                    .upstream()
                    .topology(topic, answer(call, request.getTopic(), endpoints, reply));
              }

              @Override
              public void failed(GatewayException failure) {
                reply.refuse(failure);
              }
            });
  }

  private Completion<Topology> answer(
      Call call, Resource topic, Endpoints endpoints, Reply<QueryRouteResponse> reply) {
    return new Completion<>() {
      @Override
      public void done(Topology topology) {
        reply.send(
            QueryRouteResponse.newBuilder()
                .setStatus(Statuses.OK)
                .addAllMessageQueues(queues(topic, endpoints, topology))
                .build());
        clients.routed(call);
      }

      @Override
      public void failed(GatewayException failure) {
        reply.refuse(failure);
      }
    };
  }

  private static List<MessageQueue> queues(Resource asked, Endpoints endpoints, Topology topology) {
    Resource topic = ResourceNames.resource(asked, topology.topic());
    List<MessageType> accepted = topology.accepts().stream().sorted().map(Routes::type).toList();
    var queues = new ArrayList<MessageQueue>(topology.queues().size());
    for (Topology.Queue queue : topology.queues()) {
      queues.add(
          MessageQueue.newBuilder()
              .setTopic(topic)
              .setId(queue.id().index())
              .setPermission(permission(queue))
              .setBroker(
                  Broker.newBuilder().setName(queue.id().node()).setId(0).setEndpoints(endpoints))
              .addAllAcceptMessageTypes(accepted)
              .build());
    }
    return queues;
  }

  static Permission permission(Topology.Queue queue) {
    if (queue.readable()) {
      return queue.writable() ? Permission.READ_WRITE : Permission.READ;
    }
    return queue.writable() ? Permission.WRITE : Permission.NONE;
  }

  private static MessageType type(Topology.MessageKind kind) {
    return switch (kind) {
      case NORMAL -> MessageType.NORMAL;
      case FIFO -> MessageType.FIFO;
      case DELAY -> MessageType.DELAY;
      case TRANSACTION -> MessageType.TRANSACTION;
      case PRIORITY -> MessageType.PRIORITY;
      case LITE -> MessageType.LITE;
    };
  }
}
