package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Assignment;
import dev.sluice.gateway.proto.v2.Broker;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.QueryAssignmentRequest;
import dev.sluice.gateway.proto.v2.QueryAssignmentResponse;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.util.HashSet;
import java.util.Set;

/**
 * QueryAssignment: what a push consumer receives from, which it asks every few seconds. Everyone in
 * a group gets all of it, since the message system hands each message to one of them: a whole
 * broker at a time, or each queue by itself where the group consumes in order, so that a queue that
 * is held up holds up no other.
 */
final class Assignments {

  private final Callers callers;
  private final AccessPoint accessPoint;

  Assignments(Callers callers, AccessPoint accessPoint) {
    this.callers = callers;
    this.accessPoint = accessPoint;
  }

  static QueryAssignmentResponse refused(Status status) {
    return QueryAssignmentResponse.newBuilder().setStatus(status).build();
  }

  void query(QueryAssignmentRequest request, Reply<QueryAssignmentResponse> reply) {
    Call call = callers.current();
    UpstreamLease lease = call.lease();
    String topic = ResourceNames.topic(request.getTopic());
    String group = ResourceNames.group(request.getGroup());
    call.mayConsume(group, topic);
    Endpoints endpoints = accessPoint.forCallerOf(request.getEndpoints());
    lease.group(
        group,
        reply.orRefuse(
            known ->
                lease.use(
                    reply.orRefuse(
                        active ->
                            active
                                .upstream()
                                .topology(
                                    topic,
                                    reply.orRefuse(
                                        topology ->
                                            reply.send(
                                                answer(
                                                    request.getTopic(),
                                                    endpoints,
                                                    known,
                                                    topology))))))));
  }

  private static QueryAssignmentResponse answer(
      Resource asked, Endpoints endpoints, ConsumerGroup group, Topology topology) {
    Resource topic = ResourceNames.resource(asked, topology.topic());
    Set<String> brokers = new HashSet<>();
    // Lite topics are consumed in order each for itself, and are not in the topic's queues.
    boolean byQueue = group.ordered() && group.lite() == null;
    var response = QueryAssignmentResponse.newBuilder().setStatus(Statuses.OK);
    for (Topology.Queue queue : topology.queues()) {
      String broker = queue.id().node();
      if (!queue.readable() || (!byQueue && !brokers.add(broker))) {
        continue;
      }
      response.addAssignments(
          Assignment.newBuilder()
              .setMessageQueue(
                  MessageQueue.newBuilder()
                      .setTopic(topic)
                      .setId(byQueue ? queue.id().index() : QueueId.ANY)
                      .setPermission(Routes.permission(queue))
                      .setBroker(
                          Broker.newBuilder().setName(broker).setId(0).setEndpoints(endpoints))));
    }
    if (response.getAssignmentsCount() == 0) {
      throw new Refusal(
          Code.FORBIDDEN,
          "topic: " + topology.topic() + " has no queue to read from (expected: one at least)");
    }
    return response.build();
  }
}
