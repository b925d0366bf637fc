package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.proto.proxy.HealthCheckRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What the file of users does on a real gateway. */
class UserSettingsTest extends WithGateways {
  private static final String ALICE =
      """
      - access-key: alice
        secret-key: alices-secret
        permissions:
          - {resource: "Topic:orders*", actions: PUB}
      """;
  private static final String BOB =
      """
      - access-key: bob
        secret-key: bobs-secret
        type: SUPER
      """;

  @Test
  @Shows(Setting.USERS_FILE)
  void withAFileOfUsersCallsAreSignedByOneAndWithinItsPermissions() throws Exception {
    // given
    Served gateway = start(ALICE + BOB);
    Channel channel = gateway.channel();
    SignedCalls alice = SignedCalls.by("alice", "alices-secret", channel);

    // then
    assertThat(alice.sent("orders-1")).isEqualTo(Code.OK);
    assertThat(alice.sent("others")).isEqualTo(Code.FORBIDDEN);
    assertThat(SignedCalls.by("bob", "bobs-secret", channel).sent("others")).isEqualTo(Code.OK);
    var wrong = SignedCalls.by("alice", "bobs-secret", channel).send("orders-1");
    assertThat(wrong.getCode()).isEqualTo(Code.UNAUTHORIZED);
    assertThat(SignedCalls.by("carol", "bobs-secret", channel).send("orders-1")).isEqualTo(wrong);
    assertThat(SignedCalls.ofNobody(channel).sent("orders-1")).isEqualTo(Code.UNAUTHORIZED);
    assertThat(
            SignedCalls.ofNobody(channel)
                .stub()
                .queryRoute(QueryRouteRequest.getDefaultInstance())
                .getStatus()
                .getCode())
        .as("before anything else is looked at")
        .isEqualTo(Code.UNAUTHORIZED);
    assertThat(gateway.sample("sluice_authentication_failures_total")).isEqualTo(4);
  }

  @Test
  void theOtherServiceIsNoWayAroundTheUsers() throws Exception {
    // given
    Served gateway = start(BOB);

    // then
    assertClosed(() -> Served.producer(gateway.calls()));
    assertThat(gateway.calls().healthCheck(HealthCheckRequest.getDefaultInstance()).getHealthy())
        .isTrue();
    assertThat(SignedCalls.by("bob", "bobs-secret", gateway.channel()).sent("t"))
        .isEqualTo(Code.OK);
  }

  @Test
  void whereThereAreApiKeysTooEachServiceHasItsOwn() throws Exception {
    // given
    String key = ApiKeys.newKey();
    Path keys = Files.writeString(folder().resolve("keys.yaml"), ApiKeys.entry("carol", key));
    Served gateway =
        start(
            new MemorySystem(),
            settings(Map.of(Setting.API_KEYS_FILE, keys.toString()), write(BOB)));
    Metadata headers = new Metadata();
    headers.put(ApiKeys.API_KEY, key);
    Channel carols =
        ClientInterceptors.intercept(
            gateway.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));

    // then
    assertThat(Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(carols))).isNotEmpty();
    assertThat(SignedCalls.ofNobody(carols).sent("t")).isEqualTo(Code.UNAUTHORIZED);
    assertThat(SignedCalls.by("bob", "bobs-secret", carols).sent("t")).isEqualTo(Code.OK);
    assertThatThrownBy(() -> Served.producer(gateway.calls()))
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("API key: missing");
  }

  @Test
  void aChangedFileIsUsedAndEndsTheStreamOfWhoIsGone() throws Exception {
    // given
    Path file = write(ALICE + BOB);
    Served gateway = start(new MemorySystem(), settings(Map.of(), file));
    SignedCalls alice = SignedCalls.by("alice", "alices-secret", gateway.channel());
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    StreamObserver<TelemetryCommand> asking = alice.asynchronous().telemetry(new Ends(ended));
    asking.onNext(
        TelemetryCommand.newBuilder()
            .setSettings(Settings.newBuilder().setPublishing(Publishing.getDefaultInstance()))
            .build());
    assertThat(alice.sent("orders")).isEqualTo(Code.OK);

    // when a new file is broken
    write("- access-key: alice\n");

    // then the old one holds
    await()
        .untilAsserted(
            () -> assertThat(gateway.sample("sluice_file_reload_failures_total")).isOne());
    assertThat(alice.sent("orders")).isEqualTo(Code.OK);

    // when her permissions change
    write(ALICE.replace("orders*", "audit*") + BOB);

    // then they hold for the next call, and her stream goes on
    await().untilAsserted(() -> assertThat(alice.sent("orders")).isEqualTo(Code.FORBIDDEN));
    assertThat(alice.sent("audit")).isEqualTo(Code.OK);
    assertThat(ended).isNotDone();

    // when she is gone
    write(BOB);

    // then
    assertThat(ended.get(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .hasMessageContaining("UNAVAILABLE");
    assertThat(alice.sent("audit")).isEqualTo(Code.UNAUTHORIZED);
  }

  @Test
  @Shows(Setting.SIGNATURE_MAX_SKEW)
  void aSignatureIsTakenUntilItsDateIsTooFarOff() throws Exception {
    Path file = write(BOB);
    Served standard = start(new MemorySystem(), settings(Map.of(), file));
    Served strict =
        start(new MemorySystem(), settings(Map.of(Setting.SIGNATURE_MAX_SKEW, "5m"), file));
    Served careless =
        start(new MemorySystem(), settings(Map.of(Setting.SIGNATURE_MAX_SKEW, "0ms"), file));
    Duration kiribati = Duration.ofHours(14);

    assertThat(sent(standard, kiribati)).isEqualTo(Code.OK);
    assertThat(sent(standard, kiribati.plusHours(2))).isEqualTo(Code.UNAUTHORIZED);
    assertThat(sent(strict, kiribati)).isEqualTo(Code.UNAUTHORIZED);
    assertThat(sent(strict, Duration.ofMinutes(-4))).isEqualTo(Code.OK);
    assertThat(sent(careless, Duration.ofDays(-999))).isEqualTo(Code.OK);
  }

  private static Code sent(Served gateway, Duration off) throws Exception {
    return SignedCalls.by("bob", "bobs-secret", off, gateway.channel()).sent("t");
  }

  @Test
  void tooManyRequestsOfAUserAreToldInTheProtocolsWay() throws Exception {
    Served gateway = start(BOB + "  requests-per-second: 1\n  burst: 2\n");
    SignedCalls bob = SignedCalls.by("bob", "bobs-secret", gateway.channel());

    assertThat(bob.sent("t")).isEqualTo(Code.OK);
    assertThat(bob.sent("t")).isEqualTo(Code.OK);
    // Some more may be due where this thread was held up.
    var tooMany = bob.send("t");
    for (int more = 0; more < 50 && tooMany.getCode() == Code.OK; more++) {
      tooMany = bob.send("t");
    }

    assertThat(tooMany.getCode()).isEqualTo(Code.TOO_MANY_REQUESTS);
    assertThat(tooMany.getMessage()).startsWith("requests of user bob: more than 1 per second");
  }

  @Test
  void aFileThatCannotBeUsedEndsTheStart() {
    assertThatThrownBy(() -> start("- access-key: alice\n  secret-key: short\n"))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("USERS_FILE: ")
        .hasMessageContaining("line 2: secret-key has 5 characters")
        .hasMessageNotContaining("short");
  }

  @Test
  void theExampleOfThePageAboutSecurityIsAFileThatWorks() throws Exception {
    Path page = Path.of(System.getProperty("sluice.root")).resolve("docs/security.md");
    Matcher example =
        Pattern.compile("```yaml\\R(- access-key:.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(page));
    assertThat(example.find()).isTrue();
    Served gateway = start(example.group(1));
    SignedCalls orders = SignedCalls.by("orders", "change-me-please", gateway.channel());

    assertThat(orders.sent("orders")).isEqualTo(Code.OK);
    assertThat(orders.sent("%DLQ%orders-1")).isEqualTo(Code.FORBIDDEN);
    assertThat(orders.sent("others")).isEqualTo(Code.FORBIDDEN);
    assertThat(SignedCalls.by("operator", "change-me-too-please", gateway.channel()).sent("others"))
        .isEqualTo(Code.OK);
  }

  private Served start(String users) throws IOException {
    return start(new MemorySystem(), settings(Map.of(), write(users)));
  }

  private static Map<Setting, String> settings(Map<Setting, String> more, Path file) {
    Map<Setting, String> settings = new HashMap<>(more);
    settings.put(Setting.USERS_FILE, file.toString());
    settings.put(Setting.RELOAD_INTERVAL, "50ms");
    return settings;
  }

  private Path write(String users) throws IOException {
    Path next = folder().resolve("next.yaml");
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(next, users);
    // At once: half a file would be another that cannot be used.
    return Files.move(next, folder().resolve("users.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void assertClosed(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
              assertThat(e.getStatus().getDescription())
                  .startsWith("service: is closed, since USERS_FILE is set and API_KEYS_FILE is");
            });
  }

  /** Tells how a stream ends. */
  private record Ends(CompletableFuture<Throwable> ended)
      implements StreamObserver<TelemetryCommand> {
    @Override
    public void onNext(TelemetryCommand command) {}

    @Override
    public void onError(Throwable failure) {
      ended.complete(failure);
    }

    @Override
    public void onCompleted() {
      ended.completeExceptionally(new AssertionError("completed"));
    }
  }
}
