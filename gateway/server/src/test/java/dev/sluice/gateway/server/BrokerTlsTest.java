package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engines.AclAccount;
import dev.sluice.engines.EngineTls;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.testkit.TestCertificate;
import io.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the settings about TLS towards the brokers do, before 4.9.7 with TLS and plain access
 * control, where consumption is by membership.
 */
class BrokerTlsTest extends WithGateways {
  private static final String KEY = "the-owner";
  private static final String RIGHT = "the-right-secret";
  private static final String WRONG = "a-wrong-secret";

  private static Path files;
  private static RocketMQEngine engine;

  @BeforeAll
  static void startEngine(@TempDir Path folder) throws IOException {
    files = folder;
    TestCertificate authority = TestCertificate.authority("engines");
    Files.writeString(folder.resolve("ca.crt"), authority.certificatePem());
    authority.signs("gateway").writeTo(folder, "gateway");
    TestCertificate stranger = TestCertificate.authority("stranger");
    Files.writeString(folder.resolve("other-ca.crt"), stranger.certificatePem());
    stranger.signs("gateway").writeTo(folder, "other");
    engine =
        RocketMQEngine.in(folder.resolve("engine"))
            .version(RocketMQVersion.V4)
            .quickStart()
            .accounts(AclAccount.admin(KEY, RIGHT))
            .tls(
                new EngineTls(
                    authority.signs("engine").writeTo(folder, "engine"),
                    folder.resolve("engine.key"),
                    folder.resolve("ca.crt")))
            .start();
  }

  @AfterAll
  static void closeEngine() {
    engine.close();
  }

  @Test
  @Shows({
    Setting.UPSTREAM_TLS,
    Setting.UPSTREAM_TLS_CA,
    Setting.UPSTREAM_TLS_CERT,
    Setting.UPSTREAM_TLS_KEY
  })
  void withTheRightCertificatesTheRightSecretSendsAndReceives() throws Exception {
    // given
    Served gateway = start("ca.crt", "gateway");
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    String topic = TopicNames.unique("sealed");

    // when
    CreateProducerResponse producer = producer(gateway, topic, RIGHT);
    assertThat(producer.getSuccess()).as(producer.getMessage()).isTrue();
    assertThat(Served.send(calls, producer.getProducerId(), "sealed").getSuccess()).isTrue();
    var consumer =
        calls.createConsumer(
            CreateConsumerRequest.newBuilder()
                .setAccessKeyId(KEY)
                .setAccessKeySecret(RIGHT)
                .setTopic(topic)
                .setGroupId(TopicNames.unique("readers"))
                .setStartPosition(StartPosition.EARLIEST)
                .build());
    assertThat(consumer.getSuccess()).as(consumer.getMessage()).isTrue();
    Message message = Served.next(gateway.stream(calls, consumer.getConsumerId()));

    // then
    assertThat(message.getMessageBody()).isEqualTo("sealed");
    assertThat(
            calls
                .ackMessage(
                    AckMessageRequest.newBuilder()
                        .setConsumerId(consumer.getConsumerId())
                        .setReceiptHandle(message.getReceiptHandle())
                        .build())
                .getSuccess())
        .isTrue();
    assertThat(producer(gateway, topic, WRONG).getFailureCode())
        .isEqualTo(FailureCode.UNAUTHENTICATED);
  }

  @Test
  void nothingIsSaidToServersOfAnotherAuthorityNorByThoseWithoutARightCertificate()
      throws Exception {
    Served trusting = start("other-ca.crt", "gateway");
    Served showing = start("ca.crt", "other");
    Served plain =
        start(new RocketMQSystem(line -> {}), Map.of(Setting.UPSTREAM, engine.nameServerAddress()));

    for (Served gateway : new Served[] {trusting, showing, plain}) {
      CreateProducerResponse refused = producer(gateway, TopicNames.unique("sealed"), RIGHT);
      assertThat(refused.getFailureCode())
          .as(refused.getMessage())
          .isEqualTo(FailureCode.UNAVAILABLE);
    }
    assertThat(producer(trusting, TopicNames.unique("sealed"), RIGHT).getMessage())
        .contains("TLS: ");
  }

  @Test
  void aFileThatCannotBeUsedIsToldAtTheStart() {
    assertThatThrownBy(() -> start("missing.crt", "gateway"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("UPSTREAM_TLS")
        .hasMessageContaining("missing.crt");
  }

  private Served start(String authorities, String shown) throws IOException {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.UPSTREAM, engine.nameServerAddress());
    settings.put(Setting.UPSTREAM_TLS, "on");
    settings.put(Setting.UPSTREAM_TLS_CA, files.resolve(authorities).toString());
    settings.put(Setting.UPSTREAM_TLS_CERT, files.resolve(shown + ".crt").toString());
    settings.put(Setting.UPSTREAM_TLS_KEY, files.resolve(shown + ".key").toString());
    return start(new RocketMQSystem(line -> {}), settings);
  }

  private static CreateProducerResponse producer(Served gateway, String topic, String secret)
      throws StatusException {
    return gateway
        .calls()
        .createProducer(
            CreateProducerRequest.newBuilder()
                .setAccessKeyId(KEY)
                .setAccessKeySecret(secret)
                .setTopic(topic)
                .build());
  }
}
