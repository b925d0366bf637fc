package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.access.ClientTls;
import dev.sluice.gateway.access.NamedFile;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import dev.sluice.testkit.FreePort;
import dev.sluice.testkit.TestCertificate;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Two gateways with one cluster key. Each has a message system of its own, so that only the holder
 * of a delivery can acknowledge it.
 */
class PeersTest extends WithGateways {
  private static final Map<String, String> KEY = Map.of("CLUSTER_KEY", "5a".repeat(32));

  private final Ledger networks;

  PeersTest(Ledger networks) {
    this.networks = networks;
  }

  private static AckMessageResponse acknowledge(
      RocketMQProxyBlockingV2Stub calls, String consumer, Message message) throws StatusException {
    return calls.ackMessage(
        AckMessageRequest.newBuilder()
            .setConsumerId(consumer)
            .setReceiptHandle(message.getReceiptHandle())
            .build());
  }

  @Test
  @Shows(Setting.ADVERTISED_ADDRESS)
  void aHolderIsAskedAtTheAddressThatItSays() throws Exception {
    // given a way to the holder that can be watched, and cut
    Served b = start(new MemorySystem(), Map.of(), KEY);
    int port = FreePort.of("127.0.0.1");
    FaultyNetwork way =
        FaultyNetwork.start(
            networks, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    closeAfterwards(() -> way.close(Deadline.after(Duration.ofSeconds(5))));
    var system = new MemorySystem();
    Served a =
        start(
            system,
            Map.of(
                Setting.GRPC_PORT,
                "" + port,
                Setting.ADVERTISED_ADDRESS,
                "localhost:" + way.port(),
                Setting.MESSAGE_BUFFER_SIZE,
                "1"),
            KEY);
    var calls = a.calls();
    String consumer = Served.consumer(calls);
    Served.sendAll(calls, Served.producer(calls), 2);
    BlockingClientCall<?, Message> stream = a.stream(calls, consumer);
    Message first = Served.next(stream);

    // when
    AckMessageResponse acknowledged = acknowledge(b.calls(), consumer, first);

    // then the holder knows: its stream gets the next
    assertThat(acknowledged.getSuccess()).as(acknowledged.getMessage()).isTrue();
    Message second = Served.next(stream);
    assertThat(second.getMessageBody()).isNotEqualTo(first.getMessageBody());
    assertThat(way.accepted()).isOne();
    assertThat(b.sample("sluice_forwarded_total")).isEqualTo(1);

    // and where it is out of reach, that is seen
    way.refuse();
    way.cut();
    AckMessageResponse lost = acknowledge(b.calls(), consumer, second);
    assertThat(lost.getSuccess()).isFalse();
    await().untilAsserted(() -> assertThat(b.sample("sluice_peer_failures_total")).isPositive());
    assertThat(b.sample("sluice_forward_failures_total")).isEqualTo(1);
  }

  @Test
  void certificatesAndApiKeysOfCallersDoNotStandBetweenGateways() throws Exception {
    // given gateways whose callers need both
    TestCertificate authority = TestCertificate.authority("authority");
    String key = ApiKeys.newKey();
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    Path certificate = authority.signs("gateway").writeTo(folder(), "gateway");
    settings.put(Setting.TLS_CERT, certificate.toString());
    settings.put(Setting.TLS_KEY, folder().resolve("gateway.key").toString());
    Path ca = Files.writeString(folder().resolve("ca.crt"), authority.certificatePem());
    settings.put(Setting.TLS_CLIENT_CA, ca.toString());
    settings.put(Setting.TLS_CLIENT_AUTH, "required");
    settings.put(Setting.METRICS_CLIENT_AUTH, "none");
    Path keys = Files.writeString(folder().resolve("keys.yaml"), ApiKeys.entry("alice", key));
    settings.put(Setting.API_KEYS_FILE, keys.toString());
    settings.put(Setting.MESSAGE_BUFFER_SIZE, "1");
    Served a = start(new MemorySystem(), settings, KEY);
    Served b = start(new MemorySystem(), settings, KEY);
    Path shown = authority.signs("client").writeTo(folder(), "client");
    ClientTls tls =
        ClientTls.load(
            new ClientTls.Files(
                Optional.of(new NamedFile("ca", ca)),
                Optional.of(
                    new ClientTls.Shown(
                        new NamedFile("cert", shown),
                        new NamedFile("key", folder().resolve("client.key"))))));
    var toA = RocketMQProxyGrpc.newBlockingV2Stub(a.channel(tls.credentials()));
    var toB = RocketMQProxyGrpc.newBlockingV2Stub(b.channel(tls.credentials()));
    var callsA = toA.withInterceptors(header(key));
    var callsB = toB.withInterceptors(header(key));
    String consumer = Served.consumer(callsA);
    Served.sendAll(callsA, Served.producer(callsA), 2);
    BlockingClientCall<?, Message> stream = a.stream(callsA, consumer);
    Message first = Served.next(stream);

    // when
    AckMessageResponse acknowledged = acknowledge(callsB, consumer, first);

    // then
    assertThat(acknowledged.getSuccess()).as(acknowledged.getMessage()).isTrue();
    assertThat(Served.next(stream).getMessageBody()).isNotEqualTo(first.getMessageBody());
  }

  private static ClientInterceptor header(String key) {
    Metadata headers = new Metadata();
    headers.put(ApiKeys.API_KEY, key);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  @Test
  void gatewaysWithOtherKeysKnowNothingOfEachOther() throws Exception {
    // given
    Served a = start(new MemorySystem(), Map.of());
    Served b = start(new MemorySystem(), Map.of());
    var calls = a.calls();
    String consumer = Served.consumer(calls);
    Served.sendAll(calls, Served.producer(calls), 1);
    Message message = Served.next(a.stream(calls, consumer));

    // when
    AckMessageResponse refused = acknowledge(b.calls(), Served.consumer(b.calls()), message);

    // then
    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getFailureCode()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused.getMessage()).startsWith("unknown handle");
  }
}
