package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FakeClock;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is served on a real server, and what tells those that are not. */
class ConnectionsTest {
  private static final ConnectionLimits MANY = new ConnectionLimits(100, 100, 100, 100);

  private final Ledger ledger;

  @TempDir private Path folder;

  ConnectionsTest(Ledger ledger) {
    this.ledger = ledger;
  }

  @Test
  void connectionsBeyondTheMostAreToldAndGetInWhenOthersLeave() throws Exception {
    try (var server =
        new GuardedServer(new ConnectionLimits(2, 100, 1, 1), Authenticator.EVERYONE, ledger)) {
      // given
      ManagedChannel first = server.channel();
      Echo.call(first, "1");
      Echo.call(server.channel(), "2");
      ManagedChannel third = server.channel();

      // then
      assertRefused(
          () -> Echo.call(third, "3"),
          Status.Code.RESOURCE_EXHAUSTED,
          "connections: more than 2 (the most allowed; MAX_CONCURRENT sets it)");
      assertThat(server.count(Counter.CONNECTIONS_REFUSED)).isPositive();
      assertThat(Echo.call(third, "test.Peers", "another gateway")).isEqualTo("another gateway");
      first.shutdownNow();
      await()
          .ignoreException(StatusRuntimeException.class)
          .untilAsserted(() -> assertThat(Echo.call(third, "in")).isEqualTo("in"));
    }
  }

  @Test
  void connectionsOfOneAddressBeyondTheMostAreTold() throws Exception {
    try (var server =
        new GuardedServer(new ConnectionLimits(100, 1, 1, 1), Authenticator.EVERYONE, ledger)) {
      Echo.call(server.channel(), "1");
      ManagedChannel second = server.channel();

      assertRefused(
          () -> Echo.call(second, "2"),
          Status.Code.RESOURCE_EXHAUSTED,
          "connections of 127.0.0.1: more than 1 (the most allowed; MAX_CONNECTIONS_PER_ADDRESS"
              + " sets it)");
    }
  }

  @Test
  void streamsOfOneConnectionBeyondTheMostAreToldUntilOthersEnd() throws Exception {
    try (var server =
        new GuardedServer(new ConnectionLimits(9, 9, 2, 1), Authenticator.EVERYONE, ledger)) {
      // given
      ManagedChannel channel = server.channel();
      List<Iterator<String>> streams = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        streams.add(watch(channel));
        streams.getLast().next();
      }

      // then
      assertRefused(
          () -> watch(channel).next(),
          Status.Code.RESOURCE_EXHAUSTED,
          "streams of this connection: more than 2 (the most allowed; MAX_STREAMS_PER_CONNECTION"
              + " sets it)");
      assertThat(Echo.call(channel, "calls are no streams")).isNotEmpty();
      assertThat(watch(server.channel()).next()).as("another connection").isEmpty();
      channel.shutdownNow();
    }
  }

  @Test
  void whatIsOpenToEveryoneHasAFewStreamsOfEachConnectionAndNoneOfTheOthers() throws Exception {
    try (var server =
        new GuardedServer(new ConnectionLimits(9, 9, 2, 1), Authenticator.EVERYONE, ledger)) {
      ManagedChannel channel = server.channel();
      for (int i = 0; i < CallerConnection.MAX_OPEN_STREAMS; i++) {
        watch(channel, "test.Open").next();
      }

      assertRefused(
          () -> watch(channel, "test.Open").next(),
          Status.Code.RESOURCE_EXHAUSTED,
          "streams of this connection that are open to everyone: more than 16 (the most allowed)");
      assertThat(watch(channel).next()).isEmpty();
      assertThat(watch(channel).next()).isEmpty();
      channel.shutdownNow();
    }
  }

  @Test
  void withKeysOnlyTheirHoldersAreServedButForWhatIsOpen() throws Exception {
    String key = ApiKeys.newKey();
    ApiKeys keys = keys(ApiKeys.entry("alice", key));
    try (var server = new GuardedServer(MANY, keys, ledger)) {
      ManagedChannel channel = server.channel();

      assertThat(Echo.call(with(key, channel), "hello")).isEqualTo("hello");
      assertThat(watch(with(key, channel)).next()).isEqualTo("alice");
      assertThat(Echo.call(channel, "test.Open", "anyone")).isEqualTo("anyone");
      assertThat(Echo.call(channel, "test.Peers", "anyone")).isEqualTo("anyone");
      assertRefused(
          () -> Echo.call(channel, "hello"),
          Status.Code.UNAUTHENTICATED,
          "API key: missing (expected: metadata 'x-api-key: <key>'");
      assertRefused(
          () -> Echo.call(with(ApiKeys.newKey(), channel), "hello"),
          Status.Code.UNAUTHENTICATED,
          "API key: unknown");
      assertThat(server.count(Counter.AUTHENTICATION_FAILURES)).isEqualTo(2);
    }
  }

  @Test
  void callsBeyondARateAreToldWhenToComeAgain() throws Exception {
    String key = ApiKeys.newKey();
    String limits = "  requests-per-second: 1\n  burst: 2\n";
    // No time passes between the calls.
    ApiKeys keys = keys(ApiKeys.entry("alice", key) + limits, FakeClock.create());
    try (var server = new GuardedServer(MANY, keys, ledger)) {
      Channel alice = with(key, server.channel());
      Echo.call(alice, "1");
      Echo.call(alice, "2");

      assertRefused(
          () -> Echo.call(alice, "3"),
          Status.Code.RESOURCE_EXHAUSTED,
          "requests of API key alice: more than 1 per second with a burst of 2 (expected: the next"
              + " in ");
      assertThat(server.count(Counter.CALLS_OVER_LIMIT)).isOne();
    }
  }

  @Test
  void streamsOfOneKeyBeyondTheMostAreToldOnWhicheverConnection() throws Exception {
    String key = ApiKeys.newKey();
    ApiKeys keys = keys(ApiKeys.entry("alice", key) + "  streams: 1\n");
    try (var server = new GuardedServer(MANY, keys, ledger)) {
      ManagedChannel first = server.channel();
      watch(with(key, first)).next();
      Channel second = with(key, server.channel());

      assertRefused(
          () -> watch(second).next(),
          Status.Code.RESOURCE_EXHAUSTED,
          "streams of API key alice: more than 1");
      first.shutdownNow();
      await()
          .ignoreException(StatusRuntimeException.class)
          .untilAsserted(() -> assertThat(watch(second).next()).isEqualTo("alice"));
    }
  }

  @Test
  void aKeyThatIsTakenAwayEndsWhatItHasOnConnectionsThatStay() throws Exception {
    // given
    String alices = ApiKeys.newKey();
    String bobs = ApiKeys.newKey();
    ApiKeys keys = keys(ApiKeys.entry("alice", alices) + ApiKeys.entry("bob", bobs));
    try (var server = new GuardedServer(MANY, keys, ledger)) {
      keys.onRevoked(server.connections::end);
      ManagedChannel channel = server.channel();
      Iterator<String> alice = watch(with(alices, channel));
      Iterator<String> bob = watch(with(bobs, channel));
      alice.next();
      bob.next();

      // when
      Files.writeString(folder.resolve("keys.yaml"), ApiKeys.entry("bob", bobs));
      keys.look();
      keys.look();

      // then
      assertThatThrownBy(alice::next).hasMessageContaining("UNAVAILABLE");
      assertRefused(
          () -> Echo.call(with(alices, channel), "hello"),
          Status.Code.UNAUTHENTICATED,
          "API key: unknown");
      assertThat(Echo.call(with(bobs, channel), "hello")).isEqualTo("hello");
      assertThat(server.count(Counter.ACTIVE_CONNECTIONS)).isOne();
    }
  }

  private static Iterator<String> watch(Channel channel) {
    return watch(channel, "test.Echo");
  }

  private static Iterator<String> watch(Channel channel, String service) {
    return ClientCalls.blockingServerStreamingCall(
        channel,
        Echo.method(service, "Watch", MethodType.SERVER_STREAMING),
        CallOptions.DEFAULT,
        "");
  }

  private static Channel with(String key, Channel channel) {
    Metadata headers = new Metadata();
    headers.put(ApiKeys.AUTHORIZATION, "Bearer " + key);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private ApiKeys keys(String content) throws IOException {
    return keys(content, Clock.system());
  }

  private ApiKeys keys(String content, Clock clock) throws IOException {
    Path file = Files.writeString(folder.resolve("keys.yaml"), content);
    return ApiKeys.load(new NamedFile("API_KEYS_FILE", file), clock);
  }

  private static void assertRefused(ThrowingCallable call, Status.Code code, String told) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).startsWith(told);
            });
  }
}
