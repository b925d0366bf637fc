package dev.sluice.gateway.frontend.v2;

import com.google.protobuf.Message;
import dev.sluice.gateway.proto.v2.AckMessageEntry;
import dev.sluice.gateway.proto.v2.AckMessageRequest;
import dev.sluice.gateway.proto.v2.Address;
import dev.sluice.gateway.proto.v2.AddressScheme;
import dev.sluice.gateway.proto.v2.Broker;
import dev.sluice.gateway.proto.v2.ChangeInvisibleDurationRequest;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.EndTransactionRequest;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.proto.v2.ForwardMessageToDeadLetterQueueRequest;
import dev.sluice.gateway.proto.v2.GetOffsetRequest;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.PullMessageRequest;
import dev.sluice.gateway.proto.v2.QueryAssignmentRequest;
import dev.sluice.gateway.proto.v2.QueryOffsetRequest;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.RecallMessageRequest;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.SubscriptionEntry;
import dev.sluice.gateway.proto.v2.SyncLiteSubscriptionRequest;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.proto.v2.UpdateOffsetRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A request of every method of the service, about a topic and a group.
 *
 * @param method its full name
 * @param request what is asked
 * @param needs what a caller has to be allowed for it, {@code action resource}
 */
record EveryCall(MethodDescriptor<?, ?> method, Message request, List<String> needs) {

  private static final String PUB = "PUB TOPIC";
  private static final String READ = "SUB TOPIC";
  private static final String JOIN = "SUB GROUP";

  /** Each that names what it is about. */
  static List<EveryCall> about(String topicName, String groupName) {
    Resource topic = V2Client.resource(topicName);
    Resource group = V2Client.resource(groupName);
    MessageQueue queue =
        MessageQueue.newBuilder()
            .setTopic(topic)
            .setId(0)
            .setBroker(Broker.newBuilder().setName("memory"))
            .build();
    Endpoints dialled =
        Endpoints.newBuilder()
            .setScheme(AddressScheme.IPv4)
            .addAddresses(Address.newBuilder().setHost("127.0.0.1").setPort(1))
            .build();
    return List.of(
        of(
            MessagingServiceGrpc.getSendMessageMethod(),
            SendMessageRequest.newBuilder()
                .addMessages(V2Client.message("x").setTopic(topic))
                .build(),
            PUB),
        of(
            MessagingServiceGrpc.getRecallMessageMethod(),
            RecallMessageRequest.newBuilder().setTopic(topic).setRecallHandle("h").build(),
            PUB),
        of(
            MessagingServiceGrpc.getEndTransactionMethod(),
            EndTransactionRequest.newBuilder().setTopic(topic).setTransactionId("t").build(),
            PUB),
        of(
            MessagingServiceGrpc.getTelemetryMethod(),
            TelemetryCommand.newBuilder()
                .setSettings(
                    Settings.newBuilder().setPublishing(Publishing.newBuilder().addTopics(topic)))
                .build(),
            PUB),
        of(
            MessagingServiceGrpc.getTelemetryMethod(),
            TelemetryCommand.newBuilder()
                .setSettings(
                    Settings.newBuilder()
                        .setClientType(ClientType.SIMPLE_CONSUMER)
                        .setSubscription(
                            Subscription.newBuilder()
                                .setGroup(group)
                                .addSubscriptions(SubscriptionEntry.newBuilder().setTopic(topic))))
                .build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getQueryAssignmentMethod(),
            QueryAssignmentRequest.newBuilder()
                .setTopic(topic)
                .setGroup(group)
                .setEndpoints(dialled)
                .build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getReceiveMessageMethod(),
            V2Client.receive()
                .setGroup(group)
                .setMessageQueue(MessageQueue.newBuilder().setTopic(topic).setId(-1))
                .setLongPollingTimeout(Times.duration(0))
                .build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getAckMessageMethod(),
            AckMessageRequest.newBuilder()
                .setTopic(topic)
                .setGroup(group)
                .addEntries(AckMessageEntry.newBuilder().setReceiptHandle("h"))
                .build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getChangeInvisibleDurationMethod(),
            ChangeInvisibleDurationRequest.newBuilder()
                .setTopic(topic)
                .setGroup(group)
                .setReceiptHandle("h")
                .build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getForwardMessageToDeadLetterQueueMethod(),
            ForwardMessageToDeadLetterQueueRequest.newBuilder()
                .setTopic(topic)
                .setGroup(group)
                .setReceiptHandle("h")
                .build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getPullMessageMethod(),
            PullMessageRequest.newBuilder()
                .setGroup(group)
                .setMessageQueue(queue)
                .setBatchSize(1)
                .setLongPollingTimeout(Times.duration(0))
                .build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getUpdateOffsetMethod(),
            UpdateOffsetRequest.newBuilder().setGroup(group).setMessageQueue(queue).build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getGetOffsetMethod(),
            GetOffsetRequest.newBuilder().setGroup(group).setMessageQueue(queue).build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getQueryOffsetMethod(),
            QueryOffsetRequest.newBuilder().setMessageQueue(queue).build(),
            READ),
        of(
            MessagingServiceGrpc.getSyncLiteSubscriptionMethod(),
            SyncLiteSubscriptionRequest.newBuilder().setTopic(topic).setGroup(group).build(),
            JOIN,
            READ),
        of(
            MessagingServiceGrpc.getHeartbeatMethod(),
            HeartbeatRequest.newBuilder().setGroup(group).build(),
            JOIN),
        of(
            MessagingServiceGrpc.getNotifyClientTerminationMethod(),
            NotifyClientTerminationRequest.newBuilder().setGroup(group).build(),
            JOIN));
  }

  /** Those that need either of two. */
  static List<EveryCall> others(String topicName) {
    return List.of(
        of(
            MessagingServiceGrpc.getQueryRouteMethod(),
            QueryRouteRequest.newBuilder()
                .setTopic(V2Client.resource(topicName))
                .setEndpoints(
                    Endpoints.newBuilder()
                        .setScheme(AddressScheme.IPv4)
                        .addAddresses(Address.newBuilder().setHost("127.0.0.1").setPort(1)))
                .build()));
  }

  private static EveryCall of(MethodDescriptor<?, ?> method, Message request, String... needs) {
    return new EveryCall(method, request, List.of(needs));
  }

  /** The first answer. */
  Message on(Channel channel) throws InterruptedException {
    return call(channel, method);
  }

  @SuppressWarnings("unchecked") // A request is of the class that its method takes.
  private <Q, A> Message call(Channel channel, MethodDescriptor<Q, A> typed)
      throws InterruptedException {
    var options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    return (Message)
        switch (typed.getType()) {
          case UNARY -> ClientCalls.blockingUnaryCall(channel, typed, options, (Q) request);
          case BIDI_STREAMING -> {
            BlockingQueue<A> answers = new LinkedBlockingQueue<>();
            StreamObserver<Q> asking =
                ClientCalls.asyncBidiStreamingCall(
                    channel.newCall(typed, options), new Answers<>(answers));
            asking.onNext((Q) request);
            A first = answers.poll(30, TimeUnit.SECONDS);
            asking.onCompleted();
            yield Objects.requireNonNull(first, "no answer");
          }
          default -> {
            Iterator<A> all =
                ClientCalls.blockingServerStreamingCall(channel, typed, options, (Q) request);
            A first = all.next();
            all.forEachRemaining(any -> {});
            yield first;
          }
        };
  }

  /** What an answer says in its status. */
  static Status status(Message answer) {
    return (Status) answer.getField(answer.getDescriptorForType().findFieldByName("status"));
  }

  @Override
  public String toString() {
    return method.getBareMethodName() + " " + needs;
  }

  private record Answers<A>(BlockingQueue<A> queue) implements StreamObserver<A> {
    @Override
    public void onNext(A answer) {
      queue.add(answer);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
