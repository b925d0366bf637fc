package dev.sluice.endtoend;

import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.FilterType;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc.MessagingServiceStub;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;

/** What a consumer of {@code apache.rocketmq.v2} keeps open, by a connection that it may share. */
final class V2Caller {

  private static final Metadata.Key<String> CLIENT_ID =
      Metadata.Key.of("x-mq-client-id", Metadata.ASCII_STRING_MARSHALLER);

  private final MessagingServiceStub stub;
  private final Resource group;

  V2Caller(Client client, String group) {
    var headers = new Metadata();
    headers.put(CLIENT_ID, "client-of-" + group);
    this.stub =
        MessagingServiceGrpc.newStub(client.channel())
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    this.group = resource(group);
  }

  private static Resource resource(String name) {
    return Resource.newBuilder().setName(name).build();
  }

  private static com.google.protobuf.Duration seconds(long seconds) {
    return com.google.protobuf.Duration.newBuilder().setSeconds(seconds).build();
  }

  /** Opens a telemetry stream and tells settings. */
  Answers<TelemetryCommand> telemetry() {
    var answers = new Answers<TelemetryCommand>();
    stub.telemetry(answers)
        .onNext(
            TelemetryCommand.newBuilder()
                .setSettings(
                    Settings.newBuilder()
                        .setSubscription(Subscription.newBuilder().setGroup(group)))
                .build());
    return answers;
  }

  /** Begins a receive that waits for so long. */
  Answers<ReceiveMessageResponse> receive(String topic, Duration wait) {
    var answers = new Answers<ReceiveMessageResponse>();
    stub.receiveMessage(
        ReceiveMessageRequest.newBuilder()
            .setGroup(group)
            .setMessageQueue(MessageQueue.newBuilder().setTopic(resource(topic)).setId(-1))
            .setFilterExpression(
                FilterExpression.newBuilder().setType(FilterType.TAG).setExpression("*"))
            .setBatchSize(32)
            .setInvisibleDuration(seconds(30))
            .setLongPollingTimeout(seconds(wait.toSeconds()))
            .build(),
        answers);
    return answers;
  }
}
