package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.AckMessageRequest;
import dev.sluice.gateway.proto.v2.AckMessageResponse;
import dev.sluice.gateway.proto.v2.ChangeInvisibleDurationRequest;
import dev.sluice.gateway.proto.v2.ChangeInvisibleDurationResponse;
import dev.sluice.gateway.proto.v2.EndTransactionRequest;
import dev.sluice.gateway.proto.v2.EndTransactionResponse;
import dev.sluice.gateway.proto.v2.ForwardMessageToDeadLetterQueueRequest;
import dev.sluice.gateway.proto.v2.ForwardMessageToDeadLetterQueueResponse;
import dev.sluice.gateway.proto.v2.GetOffsetRequest;
import dev.sluice.gateway.proto.v2.GetOffsetResponse;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.HeartbeatResponse;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc.MessagingServiceImplBase;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationResponse;
import dev.sluice.gateway.proto.v2.PullMessageRequest;
import dev.sluice.gateway.proto.v2.PullMessageResponse;
import dev.sluice.gateway.proto.v2.QueryAssignmentRequest;
import dev.sluice.gateway.proto.v2.QueryAssignmentResponse;
import dev.sluice.gateway.proto.v2.QueryOffsetRequest;
import dev.sluice.gateway.proto.v2.QueryOffsetResponse;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.QueryRouteResponse;
import dev.sluice.gateway.proto.v2.RecallMessageRequest;
import dev.sluice.gateway.proto.v2.RecallMessageResponse;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.SendMessageResponse;
import dev.sluice.gateway.proto.v2.SyncLiteSubscriptionRequest;
import dev.sluice.gateway.proto.v2.SyncLiteSubscriptionResponse;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.proto.v2.UpdateOffsetRequest;
import dev.sluice.gateway.proto.v2.UpdateOffsetResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** The service's table of calls; each goes to the class that knows it. */
final class MessagingService extends MessagingServiceImplBase {

  private final Routes routes;
  private final Assignments assignments;
  private final Sends sends;
  private final Transactions transactions;
  private final Recalls recalls;
  private final Receives receives;
  private final Acks acks;
  private final InvisibleDurations invisibleDurations;
  private final DeadLetterForwards deadLetters;
  private final Pulls pulls;
  private final QueuePositions positions;
  private final LiteTopics lites;
  private final Clients clients;

  MessagingService(
      Routes routes,
      Assignments assignments,
      Sends sends,
      Transactions transactions,
      Recalls recalls,
      Receives receives,
      Acks acks,
      InvisibleDurations invisibleDurations,
      DeadLetterForwards deadLetters,
      Pulls pulls,
      QueuePositions positions,
      LiteTopics lites,
      Clients clients) {
    this.routes = routes;
    this.assignments = assignments;
    this.sends = sends;
    this.transactions = transactions;
    this.recalls = recalls;
    this.receives = receives;
    this.acks = acks;
    this.invisibleDurations = invisibleDurations;
    this.deadLetters = deadLetters;
    this.pulls = pulls;
    this.positions = positions;
    this.lites = lites;
    this.clients = clients;
  }

  @Override
  public void queryRoute(QueryRouteRequest request, StreamObserver<QueryRouteResponse> observer) {
    Reply.to(observer, routes::refused, reply -> routes.query(request, reply));
  }

  @Override
  public void queryAssignment(
      QueryAssignmentRequest request, StreamObserver<QueryAssignmentResponse> observer) {
    Reply.to(observer, Assignments::refused, reply -> assignments.query(request, reply));
  }

  @Override
  public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> observer) {
    Reply.to(observer, Clients::heartbeatRefused, reply -> clients.heartbeat(request, reply));
  }

  @Override
  public void sendMessage(
      SendMessageRequest request, StreamObserver<SendMessageResponse> observer) {
    Reply.to(observer, Sends::refused, reply -> sends.send(request, reply));
  }

  @Override
  public void endTransaction(
      EndTransactionRequest request, StreamObserver<EndTransactionResponse> observer) {
    Reply.to(observer, Transactions::refused, reply -> transactions.end(request, reply));
  }

  @Override
  public void recallMessage(
      RecallMessageRequest request, StreamObserver<RecallMessageResponse> observer) {
    Reply.to(observer, Recalls::refused, reply -> recalls.recall(request, reply));
  }

  @Override
  public void receiveMessage(
      ReceiveMessageRequest request, StreamObserver<ReceiveMessageResponse> observer) {
    receives.receive(request, (ServerCallStreamObserver<ReceiveMessageResponse>) observer);
  }

  @Override
  public void ackMessage(AckMessageRequest request, StreamObserver<AckMessageResponse> observer) {
    Reply.to(observer, Acks::refused, reply -> acks.ack(request, reply));
  }

  @Override
  public void changeInvisibleDuration(
      ChangeInvisibleDurationRequest request,
      StreamObserver<ChangeInvisibleDurationResponse> observer) {
    Reply.to(
        observer,
        status -> InvisibleDurations.refused(request, status),
        reply -> invisibleDurations.change(request, reply));
  }

  @Override
  public void forwardMessageToDeadLetterQueue(
      ForwardMessageToDeadLetterQueueRequest request,
      StreamObserver<ForwardMessageToDeadLetterQueueResponse> observer) {
    Reply.to(observer, DeadLetterForwards::answer, reply -> deadLetters.forward(request, reply));
  }

  @Override
  public void syncLiteSubscription(
      SyncLiteSubscriptionRequest request, StreamObserver<SyncLiteSubscriptionResponse> observer) {
    Reply.to(observer, LiteTopics::refused, reply -> lites.sync(request, reply));
  }

  @Override
  public void pullMessage(
      PullMessageRequest request, StreamObserver<PullMessageResponse> observer) {
    pulls.pull(request, (ServerCallStreamObserver<PullMessageResponse>) observer);
  }

  @Override
  public void updateOffset(
      UpdateOffsetRequest request, StreamObserver<UpdateOffsetResponse> observer) {
    Reply.to(observer, QueuePositions::updateRefused, reply -> positions.update(request, reply));
  }

  @Override
  public void getOffset(GetOffsetRequest request, StreamObserver<GetOffsetResponse> observer) {
    Reply.to(observer, QueuePositions::getRefused, reply -> positions.get(request, reply));
  }

  @Override
  public void queryOffset(
      QueryOffsetRequest request, StreamObserver<QueryOffsetResponse> observer) {
    Reply.to(observer, QueuePositions::queryRefused, reply -> positions.query(request, reply));
  }

  @Override
  public StreamObserver<TelemetryCommand> telemetry(StreamObserver<TelemetryCommand> observer) {
    return clients.telemetry((ServerCallStreamObserver<TelemetryCommand>) observer);
  }

  @Override
  public void notifyClientTermination(
      NotifyClientTerminationRequest request,
      StreamObserver<NotifyClientTerminationResponse> observer) {
    Reply.to(observer, Clients::terminationRefused, reply -> clients.terminate(request, reply));
  }
}
