package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.remoting.Commands.Effect;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.testkit.GarbageServer;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What happens to calls when connections and peers misbehave. */
class ConnectionFaultsTest extends WithConnections {

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

      // then
      reads.forEach(read -> assertThat(read.category()).isEqualTo(FailureCategory.TIMEOUT));
      // By now each loop is connected: it is written at once, and may have been done.
      Awaitility.await().until(() -> server.connections() == fixture.loops.all().size());
      CountedReply<?> change = call(at(server), CHANGE, Effect.CHANGES, 1_000);
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
      // given a connection, or its call might end before there is one
      assertThat(calls(peer.endpoint(), READ, Effect.READS, 1).getFirst().value()).isEqualTo(1);
      List<CountedReply<Long>> first = new ArrayList<>();
      EventLoop loop = fixture.loops.all().getFirst();
      CountedReply<Long> slow = new CountedReply<>();
      loop.execute(
          () ->
              fixture
                  .client
                  .commands()
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
}
