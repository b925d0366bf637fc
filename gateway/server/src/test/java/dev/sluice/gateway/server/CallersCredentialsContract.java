package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RetryMessageRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.gateway.proto.v2.Code;
import io.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Callers of one gateway with right and wrong secrets for one access key, at the same time, before
 * a real broker that asks who they are.
 */
abstract class CallersCredentialsContract extends WithGateways {
  static final String KEY = "the-owner";
  static final String RIGHT = "the-right-secret";
  private static final String WRONG = "a-wrong-secret";
  private static final String TOPIC = TopicNames.unique("guarded");

  /** One that knows the owner and nobody else. */
  abstract RocketMQEngine engine();

  @Test
  void aWrongSecretIsRefusedBeforeBesideAndAfterTheRightOneWhichIsServedThroughout()
      throws Exception {
    // given
    Served gateway = start();
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    assertRefused(producer(calls, WRONG));
    String first = id(producer(calls, RIGHT));
    assertThat(Served.send(calls, first, "first").getSuccess()).isTrue();

    // when
    List<Future<Void>> callers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        callers.add(threads.submit(repeated(() -> sendRightly(gateway))));
        callers.add(threads.submit(repeated(() -> tryWrongly(gateway))));
      }
    }

    // then
    for (Future<Void> caller : callers) {
      caller.get();
    }
    assertRefused(producer(calls, WRONG));
    assertThat(Served.send(calls, first, "last").getSuccess()).isTrue();
    assertThat(gateway.figure("messages_sent")).isEqualTo(2 + 4 * 10);
    assertThat(gateway.ledger().snapshot().toString()).doesNotContain("secret");
  }

  @Test
  void theRightSecretReceivesAndAcknowledgesWhatCameAgain() throws Exception {
    Served gateway = start();
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    String topic = TopicNames.unique("guarded");
    String group = TopicNames.unique("readers");
    String producer = id(producer(calls, topic, RIGHT));
    assertThat(Served.send(calls, producer, "signed").getSuccess()).isTrue();
    var consumer =
        calls.createConsumer(
            CreateConsumerRequest.newBuilder()
                .setAccessKeyId(KEY)
                .setAccessKeySecret(RIGHT)
                .setTopic(topic)
                .setGroupId(group)
                .setStartPosition(StartPosition.EARLIEST)
                .build());
    assertThat(consumer.getSuccess()).as(consumer.getMessage()).isTrue();
    var stream = gateway.stream(calls, consumer.getConsumerId());

    Message first = Served.next(stream);
    assertThat(first.getMessageBody()).isEqualTo("signed");
    var retried =
        calls.retryMessage(
            RetryMessageRequest.newBuilder()
                .setConsumerId(consumer.getConsumerId())
                .setReceiptHandle(first.getReceiptHandle())
                .build());
    assertThat(retried.getSuccess()).as(retried.getMessage()).isTrue();
    Message again = Served.next(stream);
    var acknowledged =
        calls.ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(consumer.getConsumerId())
                .setReceiptHandle(again.getReceiptHandle())
                .build());

    assertThat(again.getMessageBody()).isEqualTo("signed");
    assertThat(acknowledged.getSuccess()).as(acknowledged.getMessage()).isTrue();
  }

  @Test
  void aWrongSecretReceivesNothingEither() throws Exception {
    Served gateway = start();
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    id(producer(calls, RIGHT));

    var refused =
        calls.createConsumer(
            CreateConsumerRequest.newBuilder()
                .setAccessKeyId(KEY)
                .setAccessKeySecret(WRONG)
                .setTopic(TOPIC)
                .setGroupId("thieves")
                .build());

    assertThat(refused.getFailureCode()).isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(refused.getConsumerId()).isEmpty();
  }

  @Test
  void whoNamesNobodyIsRefusedTooAlthoughTheGatewayItselfHasAClientOfTheUpstream()
      throws Exception {
    Served gateway = start();

    CreateProducerResponse refused =
        gateway.calls().createProducer(CreateProducerRequest.newBuilder().setTopic(TOPIC).build());

    assertThat(refused.getFailureCode()).isEqualTo(FailureCode.UNAUTHENTICATED);
  }

  @Test
  @Shows({Setting.UPSTREAM_ACCESS_KEY, Setting.UPSTREAM_SECRET_KEY})
  void theGatewaysOwnCredentialsAreForCallersThatItKnows() throws Exception {
    // given
    Map<String, String> own = Map.of("UPSTREAM_ACCESS_KEY", KEY, "UPSTREAM_SECRET_KEY", RIGHT);
    Path users = users("- {access-key: alice, secret-key: alices-secret, type: SUPER}");
    Served knowing = start(Map.of(Setting.USERS_FILE, users.toString()), own);
    Served having = start(Map.of(), own);
    Served lacking = start(Map.of(Setting.USERS_FILE, users.toString()), Map.of());

    // then
    assertThat(alice(knowing).sent(TOPIC)).isEqualTo(Code.OK);
    assertThat(alice(lacking).sent(TOPIC)).isEqualTo(Code.UNAUTHORIZED);
    assertThat(SignedCalls.ofNobody(having.channel()).sent(TOPIC)).isEqualTo(Code.UNAUTHORIZED);
    assertRefused(producer(having.calls(), ""));
    assertThat(having.server().health().message()).isEqualTo("the upstream answers");
    assertThat(lacking.server().health().message()).contains("asks for credentials");
    assertThat(knowing.ledger().snapshot().toString()).doesNotContain("secret");
  }

  @Test
  void aUserWhoSignsForItselfIsKnownToTheBrokerByItsOwnSecret() throws Exception {
    // given one secret that the broker knows, and one that it does not
    Path users =
        users(
            """
            - {access-key: the-owner, secret-key: the-right-secret, sign-as: user}
            - {access-key: alice, secret-key: alices-secret, sign-as: user}
            """);
    Served gateway = start(Map.of(Setting.USERS_FILE, users.toString()), Map.of());

    // then
    assertThat(SignedCalls.by(KEY, RIGHT, gateway.channel()).sent(TOPIC)).isEqualTo(Code.OK);
    assertThat(alice(gateway).sent(TOPIC)).isEqualTo(Code.UNAUTHORIZED);
    assertThat(SignedCalls.by(KEY, WRONG, gateway.channel()).sent(TOPIC))
        .isEqualTo(Code.UNAUTHORIZED);
  }

  private static SignedCalls alice(Served gateway) {
    return SignedCalls.by("alice", "alices-secret", gateway.channel());
  }

  private Path users(String content) throws IOException {
    Path file =
        Files.createFile(
            folder().resolve("users.yaml"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, content);
  }

  private Served start(Map<Setting, String> settings, Map<String, String> variables)
      throws Exception {
    Map<Setting, String> all = new HashMap<>(settings);
    all.put(Setting.UPSTREAM, engine().nameServerAddress());
    return start(new RocketMQSystem(line -> {}), all, variables);
  }

  private Served start() throws Exception {
    return start(
        new RocketMQSystem(line -> {}), Map.of(Setting.UPSTREAM, engine().nameServerAddress()));
  }

  /** Something that may fail. */
  private interface Step {
    void run() throws Exception;
  }

  private static Callable<Void> repeated(Step step) {
    return () -> {
      for (int i = 0; i < 10; i++) {
        step.run();
      }
      return null;
    };
  }

  private static void sendRightly(Served gateway) throws Exception {
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    var sent = Served.send(calls, id(producer(calls, RIGHT)), "right");
    assertThat(sent.getSuccess()).as(sent.getMessage()).isTrue();
  }

  private static void tryWrongly(Served gateway) throws Exception {
    assertRefused(producer(gateway.calls(), WRONG));
  }

  private static CreateProducerResponse producer(RocketMQProxyBlockingV2Stub calls, String secret)
      throws StatusException {
    return producer(calls, TOPIC, secret);
  }

  private static CreateProducerResponse producer(
      RocketMQProxyBlockingV2Stub calls, String topic, String secret) throws StatusException {
    return calls.createProducer(
        CreateProducerRequest.newBuilder()
            .setAccessKeyId(KEY)
            .setAccessKeySecret(secret)
            .setTopic(topic)
            .build());
  }

  private static String id(CreateProducerResponse created) {
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();
    return created.getProducerId();
  }

  private static void assertRefused(CreateProducerResponse refused) {
    assertThat(refused.getFailureCode())
        .as(refused.getMessage())
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(refused.getProducerId()).isEmpty();
    assertThat(refused.getMessage()).doesNotContain("secret\"").doesNotContain(WRONG);
  }
}
