package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.remoting.Commands.Effect;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.testkit.GarbageServer;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * How calls share connections, what bounds them, and what becomes of them when the client closes.
 */
class ConnectionCallsTest extends WithConnections {

  private static Endpoint at(GarbageServer server) {
    return new Endpoint("127.0.0.1", server.port());
  }

  private static RemotingCommand answer(StubPeer peer, int opaque) {
    return peer.received.stream()
        .filter(command -> command.isResponse() && command.opaque() == opaque)
        .findFirst()
        .orElseThrow();
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
                      .commands()
                      .call(peer.endpoint(), READ, Effect.READS, 20_000, reply));
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
        .commands()
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

  @Test
  void aOneWayCallIsDoneWhenWritten() throws IOException {
    try (StubPeer peer = StubPeer.start((command, line) -> {})) {
      CountedReply<Done> reply = new CountedReply<>();
      fixture.client.commands().oneWay(peer.endpoint(), CHANGE, 2_000, reply);
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
      CountedReply<Long> pending = calls(peer.endpoint(), READ, Effect.CHANGES, 1).getFirst();
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
  void closingWaitsForNothingThatOnlyReads() throws IOException {
    try (GarbageServer server = GarbageServer.silent(ledger)) {
      CountedReply<Long> read = calls(at(server), READ, Effect.READS, 1).getFirst();
      Awaitility.await().until(() -> server.received() > 0);

      CloseReport report = fixture.client.close(Deadline.after(Duration.ofMinutes(5)));

      assertThat(report.clean()).as(report.describe()).isTrue();
      assertThat(report.took()).isLessThan(Duration.ofMinutes(1));
      assertThat(read.category()).isEqualTo(FailureCategory.UNAVAILABLE);
    }
  }

  @Test
  void closingFailsWhatIsNotAnsweredByTheDeadline() throws IOException {
    try (GarbageServer server = GarbageServer.silent(ledger)) {
      CountedReply<Long> read = calls(at(server), READ, Effect.READS, 1).getFirst();
      CountedReply<?> change = calls(at(server), CHANGE, Effect.CHANGES, 1).getFirst();
      Awaitility.await().until(() -> server.received() > 0);

      // One that blocks would not wait for a timer that is late.
      CloseReport report =
          fixture
              .client
              .closeAsync(Deadline.after(Duration.ofSeconds(4)))
              .toCompletableFuture()
              .join();

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
