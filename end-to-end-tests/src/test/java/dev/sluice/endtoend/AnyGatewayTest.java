package dev.sluice.endtoend;

import static dev.sluice.endtoend.ProxyCaller.isQuiet;
import static dev.sluice.endtoend.ProxyCaller.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.access.ClientTls;
import dev.sluice.gateway.access.NamedFile;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.EndTransactionRequest;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RetryMessageRequest;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageRequest;
import dev.sluice.gateway.proto.proxy.TransactionMode;
import dev.sluice.gateway.proto.proxy.TransactionResolution;
import dev.sluice.testkit.TestCertificate;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two gateways with one cluster key before one broker: what one began the other goes on with. */
@Execution(ExecutionMode.CONCURRENT)
class AnyGatewayTest {

  private static final String KEY = "a7".repeat(32);

  /** A delivery is renewed when two thirds of this are over, which a busy machine must not miss. */
  private static final Duration INVISIBLE = Duration.ofSeconds(12);

  /** What was not acknowledged would have come again by then: a broker takes up to 4 s for it. */
  private static final Duration QUIET = INVISIBLE.plusSeconds(5);

  private final String topic = "any-gateway-" + UUID.randomUUID();
  private final String group = "group-of-" + topic;

  @TempDir Path folder;

  private RunningGateway start(String name, Map<String, String> further) throws IOException {
    var settings = new HashMap<>(further);
    settings.put("UPSTREAM", SharedEngine.rocketmq5().nameServerAddress());
    settings.put("DATA_DIR", folder.resolve(name).toString());
    settings.put("CLUSTER_KEY", KEY);
    settings.put("MESSAGE_BUFFER_SIZE", "1");
    settings.put("INVISIBLE_DURATION", INVISIBLE.toSeconds() + "s");
    return RunningGateway.start(settings);
  }

  private RunningGateway start(String name) throws IOException {
    return start(name, Map.of());
  }

  private static double sample(RunningGateway gateway, String series) throws Exception {
    Matcher line =
        Pattern.compile("^" + series + " (\\S+)$", Pattern.MULTILINE)
            .matcher(gateway.get("/metrics/prometheus").body());
    assertThat(line.find()).as(series).isTrue();
    return Double.parseDouble(line.group(1));
  }

  /** Waits until the gateway has renewed what it holds once more. */
  private static void awaitRenewal(RunningGateway gateway) throws Exception {
    double before = sample(gateway, "sluice_renewals_total");
    await()
        .atMost(ProxyCaller.PATIENCE)
        .until(() -> sample(gateway, "sluice_renewals_total") > before);
  }

  private static void assertAcknowledged(AckMessageResponse answer) {
    assertThat(answer.getSuccess()).as(answer.getMessage()).isTrue();
  }

  @Test
  void acknowledgementsAndRetriesReachTheHolderWhicheverGatewayTakesThem() throws Exception {
    try (RunningGateway holder = start("holder");
        RunningGateway other = start("other");
        ProxyCaller here = ProxyCaller.of(holder);
        ProxyCaller there = ProxyCaller.of(other)) {
      // Both have served something, and are quick to acknowledge.
      here.send(here.producer(topic), "first");
      there.send(there.producer(topic), "second", "third");
      String consumer = here.consumer(topic, group);
      BlockingClientCall<?, Message> stream = here.stream(consumer);

      // at once, before any renewal
      Message first = next(stream);
      assertAcknowledged(there.acknowledge(consumer, first));
      assertAcknowledged(there.acknowledge(consumer, first));

      // after renewals; that it comes shows that the stream has its credit back
      Message second = next(stream);
      awaitRenewal(holder);
      awaitRenewal(holder);
      assertAcknowledged(there.acknowledge(consumer, second));

      // a retry after a renewal
      Message third = next(stream);
      awaitRenewal(holder);
      var retried =
          there
              .calls()
              .retryMessage(
                  RetryMessageRequest.newBuilder()
                      .setConsumerId(consumer)
                      .setReceiptHandle(third.getReceiptHandle())
                      .build());
      assertThat(retried.getSuccess()).as(retried.getMessage()).isTrue();
      Message again = next(stream);
      assertThat(again.getMessageId()).isEqualTo(third.getMessageId());
      assertThat(again.getReconsumeTimes()).isEqualTo(1);
      assertAcknowledged(there.acknowledge(consumer, again));

      // nothing comes again, neither while the stream lives nor after its end
      assertThat(isQuiet(stream, QUIET)).isTrue();
      ProxyCaller.end(stream);
      BlockingClientCall<?, Message> elsewhere = there.stream(consumer);
      assertThat(isQuiet(elsewhere, QUIET)).isTrue();
      ProxyCaller.end(elsewhere);
      assertThat(sample(other, "sluice_forwarded_total")).isEqualTo(5);
      assertThat(sample(other, "sluice_forward_failures_total")).isZero();
      assertThat(sample(holder, "sluice_handed_back_total")).isZero();

      other.endsCleanly();
      holder.endsCleanly();
    }
  }

  @Test
  void whereTheHolderWasKilledTheCallerIsToldTheTruth() throws Exception {
    try (RunningGateway other = start("other");
        ProxyCaller there = ProxyCaller.of(other)) {
      String renewing = there.consumer(topic, group);
      String quick = there.consumer(topic + "-quick", group);
      there.send(there.producer(topic), "renewed");
      there.send(there.producer(topic + "-quick"), "fresh");
      Message renewed;
      Message fresh;
      try (RunningGateway holder = start("holder");
          ProxyCaller here = ProxyCaller.of(holder)) {
        renewed = next(here.stream(renewing));
        awaitRenewal(holder);
        fresh = next(here.stream(quick));
        holder.process().kill();
      }

      // then what was just delivered is acknowledged all the same, and what was renewed is not
      assertAcknowledged(there.acknowledge(quick, fresh));
      AckMessageResponse late = there.acknowledge(renewing, renewed);
      assertThat(late.getSuccess()).isFalse();
      assertThat(late.getFailureCode()).isEqualTo(FailureCode.FAILED_PRECONDITION);
      assertThat(late.getMessage())
          .startsWith("handle of a gateway that does not answer: the message comes again");

      // and that one comes again
      BlockingClientCall<?, Message> stream = there.stream(renewing);
      Message again = next(stream);
      assertThat(again.getMessageId()).isEqualTo(renewed.getMessageId());
      assertThat(again.getReconsumeTimes()).isPositive();
      assertAcknowledged(there.acknowledge(renewing, again));
      assertThat(isQuiet(there.stream(quick), QUIET)).isTrue();
      assertThat(sample(other, "sluice_forward_failures_total")).isEqualTo(2);
    }
  }

  @Test
  void aTransactionBegunThroughOneIsCommittedThroughTheOther() throws Exception {
    try (RunningGateway one = start("one");
        RunningGateway other = start("other");
        ProxyCaller here = ProxyCaller.of(one);
        ProxyCaller there = ProxyCaller.of(other)) {
      String producer = here.producer(topic);
      var begun =
          here.calls()
              .sendTransactionMessage(
                  SendTransactionMessageRequest.newBuilder()
                      .setProducerId(producer)
                      .setMessageBody("decided elsewhere")
                      .setMode(TransactionMode.MANUAL)
                      .build());
      assertThat(begun.getSuccess()).as(begun.getMessage()).isTrue();
      var ended =
          there
              .calls()
              .endTransaction(
                  EndTransactionRequest.newBuilder()
                      .setProducerId(producer)
                      .setTransactionId(begun.getTransactionId())
                      .setResolution(TransactionResolution.COMMIT)
                      .build());
      assertThat(ended.getSuccess()).as(ended.getMessage()).isTrue();
      String consumer = there.consumer(topic, group);
      Message message = next(there.stream(consumer));
      assertThat(message.getMessageBody()).isEqualTo("decided elsewhere");
      assertAcknowledged(here.acknowledge(consumer, message));
    }
  }

  @Test
  void gatewaysWhoseCallersNeedCertificatesAndKeysReachEachOther() throws Exception {
    TestCertificate authority = TestCertificate.authority("authority");
    String key = ApiKeys.newKey();
    Path certificate = authority.signs("gateway").writeTo(folder, "gateway");
    Path ca = Files.writeString(folder.resolve("ca.crt"), authority.certificatePem());
    Path shown = authority.signs("client").writeTo(folder, "client");
    Path keys = Files.writeString(folder.resolve("keys.yaml"), ApiKeys.entry("alice", key));
    Map<String, String> secured =
        Map.of(
            "TLS_CERT",
            certificate.toString(),
            "TLS_KEY",
            folder.resolve("gateway.key").toString(),
            "TLS_CLIENT_CA",
            ca.toString(),
            "TLS_CLIENT_AUTH",
            "required",
            "API_KEYS_FILE",
            keys.toString());
    var tls =
        ClientTls.load(
                new ClientTls.Files(
                    Optional.of(new NamedFile("ca", ca)),
                    Optional.of(
                        new ClientTls.Shown(
                            new NamedFile("certificate", shown),
                            new NamedFile("key", folder.resolve("client.key"))))))
            .credentials();
    try (RunningGateway holder = start("holder", secured);
        RunningGateway other = start("other", secured);
        ProxyCaller here = ProxyCaller.of(holder, tls, key);
        ProxyCaller there = ProxyCaller.of(other, tls, key)) {
      here.send(here.producer(topic), "first", "second");
      String consumer = here.consumer(topic, group);
      BlockingClientCall<?, Message> stream = here.stream(consumer);
      assertAcknowledged(there.acknowledge(consumer, next(stream)));
      assertAcknowledged(there.acknowledge(consumer, next(stream)));
      assertThat(isQuiet(stream, QUIET)).isTrue();
    }
  }
}
