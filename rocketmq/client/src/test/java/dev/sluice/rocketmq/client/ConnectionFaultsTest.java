package dev.sluice.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.Remoting.Effect;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.requests.OffsetRequests.UpdateConsumerOffset;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.testkit.GarbageServer;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to calls when connections and peers misbehave. */
class ConnectionFaultsTest {
  private static final Request<Long> READ = new GetMaxOffset("topic", 0);
  private static final Request<?> CHANGE = new UpdateConsumerOffset("group", "topic", 0, 1);
  private static final Endpoint NOWHERE = new Endpoint("127.0.0.1", 1);

  private Ledger ledger;
  private ClientFixture fixture;

  @BeforeEach
  void start(Ledger given) {
    ledger = given;
    fixture = connect(100);
  }

  private ClientFixture connect(int maxCalls) {
    return ClientFixture.start(
        NOWHERE.toString(),
        ledger,
        options ->
            options
                .maxCallsInFlight(maxCalls)
                .maxBytesInFlight(2_000)
                .maxFrameBytes(10_000)
                .connectTimeout(Duration.ofSeconds(2))
                .reconnectDelay(Duration.ofSeconds(2), Duration.ofSeconds(4)));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private <R> CountedReply<R> call(Endpoint to, Request<R> request, Effect effect, long timeout) {
    CountedReply<R> reply = new CountedReply<>();
    fixture.client.remoting().call(to, request, effect, timeout, reply);
    return reply;
  }

  /** Calls on the first loop, so that all calls share one connection. */
  private <R> List<CountedReply<R>> calls(Endpoint to, Request<R> request, Effect effect, int n) {
    List<CountedReply<R>> replies = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      replies.add(new CountedReply<>());
    }
    fixture
        .loops
        .all()
        .getFirst()
        .execute(
            () ->
                replies.forEach(
                    reply -> fixture.client.remoting().call(to, request, effect, 10_000, reply)));
    return replies;
  }

  private static Endpoint at(GarbageServer server) {
    return new Endpoint("127.0.0.1", server.port());
  }

  @Test
  void callsToASilentServerEndAtTheirTimeoutsExactlyOnce() throws IOException {
    try (GarbageServer server = GarbageServer.silent(ledger)) {
      // when
      List<CountedReply<Long>> reads = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        reads.add(call(at(server), READ, Effect.READS, 50 + 10 * i));
      }
      CountedReply<?> change = call(at(server), CHANGE, Effect.CHANGES, 100);

      // then
      reads.forEach(read -> assertThat(read.category()).isEqualTo(FailureCategory.TIMEOUT));
      assertThat(change.category()).isEqualTo(FailureCategory.UNKNOWN_OUTCOME);
      assertThat(ledger.open("pending call")).isZero();
      fixture.closeClient();
      reads.forEach(read -> assertThat(read.completions).hasValue(1));
    }
  }

  @Test
  void anAnswerAfterTheTimeoutIsDroppedAndTheConnectionGoesOn() throws Exception {
    BlockingQueue<Runnable> late = new ArrayBlockingQueue<>(10);
    try (StubPeer peer =
        StubPeer.start(
            (command, line) -> {
              if (command.fields().requireLong("queueId") == 7) {
                RemotingCommand answer = StubPeer.success(command, Fields.of("offset", "7"));
                late.add(
                    () -> {
                      try {
                        line.send(answer);
                        line.send(answer);
                      } catch (IOException e) {
                        throw new AssertionError(e);
                      }
                    });
              } else {
                line.send(StubPeer.success(command, Fields.of("offset", "1")));
              }
            })) {
      // given
      List<CountedReply<Long>> first = new ArrayList<>();
      EventLoop loop = fixture.loops.all().getFirst();
      CountedReply<Long> slow = new CountedReply<>();
      loop.execute(
          () ->
              fixture
                  .client
                  .remoting()
                  .call(peer.endpoint(), new GetMaxOffset("t", 7), Effect.READS, 50, slow));
      assertThat(slow.category()).isEqualTo(FailureCategory.TIMEOUT);

      // when
      late.take().run();
      first.addAll(calls(peer.endpoint(), READ, Effect.READS, 1));

      // then
      assertThat(first.getFirst().value()).isEqualTo(1);
      assertThat(slow.completions).hasValue(1);
      assertThat(peer.accepted).hasValue(1);
    }
  }

  @Test
  void aRefusedConnectionFailsItsCallsAtOnceAndIsLeftAloneForAWhile() throws IOException {
    // given
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Endpoint closed = new Endpoint("127.0.0.1", port);

    // when
    List<CountedReply<Long>> first = calls(closed, READ, Effect.CHANGES, 5);
    first.forEach(reply -> assertThat(reply.category()).isEqualTo(FailureCategory.UNAVAILABLE));
    CountedReply<Long> second = calls(closed, READ, Effect.READS, 1).getFirst();

    // then
    assertThat(second.category()).isEqualTo(FailureCategory.UNAVAILABLE);
    assertThat(second.failure()).hasMessageContaining("left alone").hasMessageContaining("" + port);
  }

  @Test
  void garbageEndsItsOwnConnectionOnlyAndTheErrorSaysWhatWasExpected() throws IOException {
    byte[] garbage = new byte[64];
    Arrays.fill(garbage, (byte) 0xF3);
    BlockingQueue<Runnable> held = new ArrayBlockingQueue<>(10);
    try (GarbageServer server = GarbageServer.answering(ledger, garbage);
        StubPeer neighbour =
            StubPeer.start(
                (command, line) ->
                    held.add(
                        () -> {
                          try {
                            line.send(StubPeer.success(command, Fields.of("offset", "5")));
                          } catch (IOException e) {
                            throw new AssertionError(e);
                          }
                        }))) {
      // given
      CountedReply<Long> beside = calls(neighbour.endpoint(), READ, Effect.READS, 1).getFirst();

      // when
      CountedReply<Long> read = calls(at(server), READ, Effect.READS, 1).getFirst();

      // then
      assertThat(read.category()).isEqualTo(FailureCategory.INTERNAL);
      assertThat(read.failure())
          .hasMessageContaining(at(server).toString())
          .hasMessageContaining("expected: the frames of a RocketMQ broker or name server");
      Awaitility.await().untilAsserted(() -> assertThat(server.connections()).isZero());
      Awaitility.await().until(() -> !held.isEmpty());
      held.remove().run();
      assertThat(beside.value()).isEqualTo(5);
    }
  }

  @Test
  void aWebServerIsRecognised() throws IOException {
    try (GarbageServer server = GarbageServer.http(ledger)) {
      CountedReply<?> change = calls(at(server), CHANGE, Effect.CHANGES, 1).getFirst();
      assertThat(change.category()).isEqualTo(FailureCategory.UNKNOWN_OUTCOME);
      assertThat(change.failure()).hasMessageContaining("an HTTP server answered");
    }
  }

  @Test
  void aFrameOverTheBoundEndsTheConnection() throws IOException {
    try (StubPeer peer =
        StubPeer.start((command, line) -> line.send(StubPeer.body(command, "x".repeat(20_000))))) {
      CountedReply<Long> read = calls(peer.endpoint(), READ, Effect.READS, 1).getFirst();
      assertThat(read.category()).isEqualTo(FailureCategory.INTERNAL);
      assertThat(read.failure()).hasMessageContaining("at most 10000");
    }
  }

  @Test
  void aServerThatHangsUpAtOnceIsNotCalledAgainAtOnce() throws IOException {
    try (GarbageServer server = GarbageServer.closing(ledger)) {
      for (int i = 0; i < 50; i++) {
        CountedReply<Long> read = calls(at(server), READ, Effect.READS, 1).getFirst();
        assertThat(read.category()).isEqualTo(FailureCategory.UNAVAILABLE);
      }
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void whenAConnectionIsLostItsCallsEndAtOnceEachOnce() throws IOException {
    try (StubPeer peer = StubPeer.start((command, line) -> {})) {
      // given
      List<CountedReply<Long>> reads = calls(peer.endpoint(), READ, Effect.READS, 10);
      List<? extends CountedReply<?>> changes = calls(peer.endpoint(), CHANGE, Effect.CHANGES, 3);
      Awaitility.await().until(() -> peer.received.size() == 13);

      // when
      peer.hangUp();

      // then
      reads.forEach(r -> assertThat(r.category()).isEqualTo(FailureCategory.UNAVAILABLE));
      changes.forEach(r -> assertThat(r.category()).isEqualTo(FailureCategory.UNKNOWN_OUTCOME));
      Awaitility.await().untilAsserted(() -> assertThat(ledger.open("connection")).isZero());
    }
  }

  @Test
  void callsBeyondTheBoundAreRefusedAtOnceAndAcceptedAgainLater() throws IOException {
    fixture.close();
    fixture = connect(3);
    try (StubPeer peer = StubPeer.start((command, line) -> {})) {
      // when
      List<CountedReply<Long>> replies = calls(peer.endpoint(), READ, Effect.READS, 5);
      replies.get(3).await();
      replies.get(4).await();

      // then
      assertThat(replies.get(3).category()).isEqualTo(FailureCategory.OVERLOADED);
      assertThat(replies.get(4).failure()).hasMessageContaining("at most 3 calls");
      assertThat(replies.get(0).completions).hasValue(0);
      Awaitility.await().until(() -> peer.received.size() == 3);
      peer.hangUp();
      replies.subList(0, 3).forEach(CountedReply::await);
    }
    try (StubPeer peer = StubPeer.start(StubPeer.answering("offset", "1"))) {
      calls(peer.endpoint(), READ, Effect.READS, 3)
          .forEach(reply -> assertThat(reply.value()).isEqualTo(1));
      calls(peer.endpoint(), READ, Effect.READS, 3)
          .forEach(reply -> assertThat(reply.value()).isEqualTo(1));
    }
  }

  @Test
  void bytesInFlightAreBoundedToo() throws IOException {
    String large = "x".repeat(900);
    try (StubPeer peer = StubPeer.start((command, line) -> {})) {
      List<CountedReply<Long>> replies =
          calls(peer.endpoint(), new GetMaxOffset(large, 0), Effect.READS, 1);
      Awaitility.await().until(() -> peer.received.size() == 1);
      List<CountedReply<Long>> more =
          calls(peer.endpoint(), new GetMaxOffset(large, 0), Effect.READS, 4);
      assertThat(more.getLast().category()).isEqualTo(FailureCategory.OVERLOADED);
      assertThat(more.getLast().failure()).hasMessageContaining("at most 2000 bytes");
      assertThat(replies.getFirst().completions).hasValue(0);
    }
  }

  @Test
  void everyLoopHasOneConnectionPerAddressAndAnswersOnItsOwnThread() throws Exception {
    try (StubPeer peer = StubPeer.start(StubPeer.answering("offset", "1"))) {
      List<CountedReply<Long>> replies = new ArrayList<>();
      List<Thread> expected = new ArrayList<>();
      for (EventLoop loop : fixture.loops.all()) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        loop.submit(() -> thread.set(Thread.currentThread())).get();
        for (int i = 0; i < 20; i++) {
          CountedReply<Long> reply = new CountedReply<>();
          replies.add(reply);
          expected.add(thread.get());
          loop.execute(
              () ->
                  fixture
                      .client
                      .remoting()
                      .call(peer.endpoint(), READ, Effect.READS, 5_000, reply));
        }
      }
      for (int i = 0; i < replies.size(); i++) {
        assertThat(replies.get(i).thread()).isSameAs(expected.get(i));
      }
      assertThat(peer.accepted).hasValue(2);
      assertThat(ledger.open("connection")).isEqualTo(2);
    }
  }

  @Test
  void requestsOfThePeerAreAnsweredByTheirProcessorsAndOthersAreRefused() throws IOException {
    fixture
        .client
        .remoting()
        .processor(
            RequestCode.CHECK_TRANSACTION_STATE,
            (from, request) -> StubPeer.success(request, Fields.of("seen", from.toString())));
    try (StubPeer peer =
        StubPeer.start(
            (command, line) -> {
              if (command.isResponse()) {
                return;
              }
              line.send(RemotingCommand.request(39, 900, Fields.empty()));
              line.send(RemotingCommand.request(4711, 901, Fields.empty()));
              line.send(StubPeer.success(command, Fields.of("offset", "1")));
            })) {
      calls(peer.endpoint(), READ, Effect.READS, 1).getFirst().await();
      Awaitility.await().until(() -> peer.received.size() == 3);
      RemotingCommand known = answer(peer, 900);
      RemotingCommand unknown = answer(peer, 901);
      assertThat(known.code()).isZero();
      assertThat(known.fields().get("seen")).isEqualTo(peer.endpoint().toString());
      assertThat(unknown.code()).isEqualTo(3);
      assertThat(unknown.remark()).contains("4711");
    }
  }

  private static RemotingCommand answer(StubPeer peer, int opaque) {
    return peer.received.stream()
        .filter(command -> command.isResponse() && command.opaque() == opaque)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aOneWayCallIsDoneWhenWritten() throws IOException {
    try (StubPeer peer = StubPeer.start((command, line) -> {})) {
      CountedReply<Done> reply = new CountedReply<>();
      fixture.client.remoting().oneWay(peer.endpoint(), CHANGE, 2_000, reply);
      assertThat(reply.value()).isNotNull();
      Awaitility.await().until(() -> peer.received.size() == 1);
      assertThat(peer.received.getFirst().isOneWay()).isTrue();
      assertThat(ledger.open("pending call")).isZero();
    }
  }

  @Test
  void closingWaitsForAnswersThatCome() throws Exception {
    BlockingQueue<Runnable> held = new ArrayBlockingQueue<>(10);
    try (StubPeer peer =
        StubPeer.start(
            (command, line) ->
                held.add(
                    () -> {
                      try {
                        line.send(StubPeer.success(command, Fields.of("offset", "5")));
                      } catch (IOException e) {
                        throw new AssertionError(e);
                      }
                    }))) {
      // given
      CountedReply<Long> pending = calls(peer.endpoint(), READ, Effect.READS, 1).getFirst();
      Runnable answer = held.take();

      // when
      var closing =
          fixture.client.closeAsync(Deadline.after(Duration.ofSeconds(10))).toCompletableFuture();
      CountedReply<Long> refused = call(peer.endpoint(), READ, Effect.READS, 1_000);
      answer.run();

      // then
      assertThat(refused.category()).isEqualTo(FailureCategory.UNAVAILABLE);
      assertThat(refused.failure()).hasMessageContaining("closed");
      assertThat(pending.value()).isEqualTo(5);
      CloseReport report = closing.get();
      assertThat(report.clean()).as(report.describe()).isTrue();
      assertThat(ledger.open("connection")).isZero();
    }
  }

  @Test
  void closingFailsWhatIsNotAnsweredByTheDeadline() throws IOException {
    try (GarbageServer server = GarbageServer.silent(ledger)) {
      CountedReply<Long> read = calls(at(server), READ, Effect.READS, 1).getFirst();
      CountedReply<?> change = calls(at(server), CHANGE, Effect.CHANGES, 1).getFirst();
      Awaitility.await().until(() -> server.received() > 0);

      CloseReport report = fixture.client.close(Deadline.after(Duration.ofSeconds(2)));

      assertThat(report.unfinished()).containsExactly("drain calls");
      assertThat(read.category()).isEqualTo(FailureCategory.UNAVAILABLE);
      assertThat(change.category()).isEqualTo(FailureCategory.UNKNOWN_OUTCOME);
      assertThat(ledger.open("connection")).isZero();
    }
  }

  @Test
  void quietConnectionsToBrokersGetASignOfLife() throws IOException {
    fixture.close();
    fixture =
        ClientFixture.start(
            NOWHERE.toString(),
            ledger,
            options -> options.heartbeatInterval(Duration.ofMillis(50)).clientId("quiet"));
    try (StubPeer peer = StubPeer.start(StubPeer.answering("offset", "1"))) {
      calls(peer.endpoint(), READ, Effect.READS, 1).getFirst().await();
      Awaitility.await().until(() -> peer.receivedWith(RequestCode.HEART_BEAT) >= 2);
      RemotingCommand beat =
          peer.received.stream().filter(c -> c.code() == RequestCode.HEART_BEAT).findFirst().get();
      assertThat(StandardCharsets.UTF_8.decode(beat.body().duplicate()).toString())
          .contains("\"clientID\":\"quiet\"");
      assertThat(peer.accepted).hasValue(1);
    }
  }

  @Test
  void anAnswerThatCannotBeReadFailsItsCallAlone() throws IOException {
    try (StubPeer peer = StubPeer.start(StubPeer.answering("offset", "none"))) {
      CountedReply<Long> bad = calls(peer.endpoint(), READ, Effect.READS, 1).getFirst();
      CountedReply<?> good = calls(peer.endpoint(), CHANGE, Effect.CHANGES, 1).getFirst();
      assertThat(bad.category()).isEqualTo(FailureCategory.INTERNAL);
      assertThat(bad.failure()).hasMessageContaining("none").hasMessageContaining("GET_MAX_OFFSET");
      assertThat(good.value()).isNotNull();
      assertThat(peer.accepted).hasValue(1);
    }
  }

  @Test
  void aRequestThatCannotBeEncodedFailsAloneAndLeavesNothing() throws IOException {
    try (StubPeer peer = StubPeer.start(StubPeer.answering("offset", "1"))) {
      Request<Long> lying =
          new Request<>() {
            @Override
            public int code() {
              return 30;
            }

            @Override
            public void writeFields(FieldWriter out) {}

            @Override
            public int bodyLength() {
              return 10;
            }

            @Override
            public Long read(RemotingCommand response) {
              return 0L;
            }
          };
      CountedReply<Long> bad = calls(peer.endpoint(), lying, Effect.CHANGES, 1).getFirst();
      CountedReply<Long> good = calls(peer.endpoint(), READ, Effect.READS, 1).getFirst();
      assertThat(bad.category()).isEqualTo(FailureCategory.INVALID_ARGUMENT);
      assertThat(good.value()).isEqualTo(1);
    }
  }
}
