package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.proto.proxy.AckMessagesRequest;
import dev.sluice.gateway.proto.proxy.AckMessagesResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.MessageToSend;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.SendMessagesRequest;
import dev.sluice.gateway.proto.proxy.SendMessagesResponse;
import dev.sluice.gateway.proto.v2.AckMessageEntry;
import dev.sluice.gateway.proto.v2.AckMessageRequest;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc.MessagingServiceBlockingV2Stub;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A call is charged for all that it carries, on a real gateway: with 1,000 requests at once and one
 * per second after that, 600 fit and 600 more do not.
 */
class BatchChargesTest extends WithGateways {
  private static final int MANY = 600;
  private static final Resource TOPIC = Resource.newBuilder().setName("t").build();

  private final String alices = ApiKeys.newKey();
  private final String bobs = ApiKeys.newKey();

  @Test
  void aBatchOfMessagesIsChargedForEachAndRefusedAsAWhole() throws Exception {
    // given
    MemorySystem system = new MemorySystem();
    Served gateway = start(system);
    RocketMQProxyBlockingV2Stub alice = RocketMQProxyGrpc.newBlockingV2Stub(as(alices, gateway));
    String producer = Served.producer(alice);

    // when
    SendMessagesResponse first = send(alice, producer);
    SendMessagesResponse second = send(alice, producer);

    // then
    assertThat(first.getSuccess()).as(first.getMessage()).isTrue();
    assertThat(second.getSuccess()).isFalse();
    assertThat(second.getFailureCode()).isEqualTo(FailureCode.OVERLOADED);
    assertThat(second.getMessage()).startsWith("requests of API key alice: more than 1 per second");
    assertThat(second.getResultsList()).as("none was tried").isEmpty();
    assertThat(gateway.figure("messages_sent")).isEqualTo(MANY);
    assertThat(Served.send(alice, producer, "x").getSuccess()).as("there is room for one").isTrue();
  }

  @Test
  void aBatchOfHandlesIsChargedForEach() throws Exception {
    // given
    Served gateway = start(new MemorySystem());
    RocketMQProxyBlockingV2Stub alice = RocketMQProxyGrpc.newBlockingV2Stub(as(alices, gateway));
    String consumer = Served.consumer(alice);

    // when
    AckMessagesResponse first = ack(alice, consumer);
    AckMessagesResponse second = ack(alice, consumer);

    // then
    assertThat(first.getResultsList()).as("tried, though no handles").hasSize(MANY);
    assertThat(second.getFailureCode()).isEqualTo(FailureCode.OVERLOADED);
    assertThat(second.getResultsList()).isEmpty();
  }

  @Test
  void theOfficialProtocolsBatchesAreChargedForEach() throws Exception {
    // given
    Served gateway = start(new MemorySystem());
    MessagingServiceBlockingV2Stub alice =
        MessagingServiceGrpc.newBlockingV2Stub(as(alices, gateway));
    MessagingServiceBlockingV2Stub bob = MessagingServiceGrpc.newBlockingV2Stub(as(bobs, gateway));

    // then
    assertThat(sendOfficially(alice)).isEqualTo(Code.OK);
    assertThat(sendOfficially(alice)).isEqualTo(Code.TOO_MANY_REQUESTS);
    assertThat(gateway.figure("messages_sent")).isEqualTo(MANY);
    assertThat(ackOfficially(bob)).isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(ackOfficially(bob)).isEqualTo(Code.TOO_MANY_REQUESTS);
  }

  @Test
  void eachCommandOfATelemetryStreamIsCharged() throws Exception {
    // given
    Served gateway = start(new MemorySystem());
    MessagingServiceBlockingV2Stub alice =
        MessagingServiceGrpc.newBlockingV2Stub(as(alices, gateway));
    BlockingClientCall<TelemetryCommand, TelemetryCommand> stream = alice.telemetry();

    // when
    int answered = 0;
    Code code = tell(stream);
    while (code == Code.OK && answered < 1_200) {
      answered++;
      code = tell(stream);
    }

    // then
    assertThat(code).isEqualTo(Code.TOO_MANY_REQUESTS);
    assertThat(answered).isBetween(1_000, 1_100);
    stream.cancel("enough", null);
  }

  @Test
  void nobodySpeaksForTheClientOfAnother() throws Exception {
    // given
    Served gateway = start(new MemorySystem());
    MessagingServiceBlockingV2Stub alice =
        MessagingServiceGrpc.newBlockingV2Stub(as(alices, gateway));
    MessagingServiceBlockingV2Stub bob = MessagingServiceGrpc.newBlockingV2Stub(as(bobs, gateway));
    BlockingClientCall<TelemetryCommand, TelemetryCommand> stream = alice.telemetry();
    assertThat(tell(stream)).isEqualTo(Code.OK);

    // when
    assertThat(bob.heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus().getCode())
        .isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
    bob.notifyClientTermination(NotifyClientTerminationRequest.getDefaultInstance());

    // then
    assertThat(alice.heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus().getCode())
        .isEqualTo(Code.OK);
    assertThat(stream.read().hasSettings()).as("told again with the first heartbeat").isTrue();
    alice.notifyClientTermination(NotifyClientTerminationRequest.getDefaultInstance());
    assertThat(alice.heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus().getCode())
        .isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
    stream.cancel("enough", null);
  }

  @Test
  void callsBeyondTheRateAreRefusedBeforeTheyAreServed() throws Exception {
    Served gateway = start(new MemorySystem());
    RocketMQProxyBlockingV2Stub alice = RocketMQProxyGrpc.newBlockingV2Stub(as(alices, gateway));
    String producer = Served.producer(alice);
    send(alice, producer);

    assertThatThrownBy(() -> IntStream.range(0, MANY).forEach(i -> sendOne(alice, producer)))
        .hasCauseInstanceOf(StatusException.class)
        .hasStackTraceContaining(Status.Code.RESOURCE_EXHAUSTED.name());
  }

  private static void sendOne(RocketMQProxyBlockingV2Stub alice, String producer) {
    try {
      Served.send(alice, producer, "x");
    } catch (StatusException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SendMessagesResponse send(RocketMQProxyBlockingV2Stub calls, String producer)
      throws StatusException {
    return calls.sendMessages(
        SendMessagesRequest.newBuilder()
            .setProducerId(producer)
            .addAllMessages(
                Collections.nCopies(MANY, MessageToSend.newBuilder().setMessageBody("x").build()))
            .build());
  }

  private static AckMessagesResponse ack(RocketMQProxyBlockingV2Stub calls, String consumer)
      throws StatusException {
    return calls.ackMessages(
        AckMessagesRequest.newBuilder()
            .setConsumerId(consumer)
            .addAllReceiptHandles(Collections.nCopies(MANY, "h"))
            .build());
  }

  private static Code sendOfficially(MessagingServiceBlockingV2Stub calls) throws StatusException {
    var message =
        dev.sluice.gateway.proto.v2.Message.newBuilder()
            .setTopic(TOPIC)
            .setSystemProperties(SystemProperties.newBuilder().setMessageId("m"))
            .setBody(ByteString.copyFromUtf8("x"))
            .build();
    return calls
        .sendMessage(
            SendMessageRequest.newBuilder()
                .addAllMessages(Collections.nCopies(MANY, message))
                .build())
        .getStatus()
        .getCode();
  }

  private static Code ackOfficially(MessagingServiceBlockingV2Stub calls) throws StatusException {
    return calls
        .ackMessage(
            AckMessageRequest.newBuilder()
                .setTopic(TOPIC)
                .setGroup(Resource.newBuilder().setName("g"))
                .addAllEntries(
                    Collections.nCopies(
                        MANY, AckMessageEntry.newBuilder().setReceiptHandle("h").build()))
                .build())
        .getStatus()
        .getCode();
  }

  private static Code tell(BlockingClientCall<TelemetryCommand, TelemetryCommand> stream)
      throws Exception {
    stream.write(
        TelemetryCommand.newBuilder()
            .setSettings(
                dev.sluice.gateway.proto.v2.Settings.newBuilder()
                    .setClientType(ClientType.PRODUCER)
                    .setPublishing(Publishing.newBuilder().addTopics(TOPIC)))
            .build());
    TelemetryCommand answer = stream.read(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    return answer.getStatus().getCode();
  }

  private Served start(MemorySystem system) throws Exception {
    Path file =
        Files.writeString(
            folder().resolve("keys.yaml"), limited("alice", alices) + limited("bob", bobs));
    return start(system, Map.of(Setting.API_KEYS_FILE, file.toString()));
  }

  private static String limited(String name, String key) {
    return ApiKeys.entry(name, key) + "  requests-per-second: 1\n  burst: 1000\n";
  }

  private static Channel as(String key, Served gateway) {
    Metadata headers = new Metadata();
    headers.put(ApiKeys.API_KEY, key);
    headers.put(Metadata.Key.of("x-mq-client-id", Metadata.ASCII_STRING_MARSHALLER), "client");
    return ClientInterceptors.intercept(
        gateway.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }
}
