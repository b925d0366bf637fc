package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.Commands.Effect;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.testkit.FaultyNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections whose other end is gone without a word. */
class HalfOpenConnectionTest {
  private StubPeer peer;
  private FaultyNetwork network;
  private Endpoint endpoint;
  private ClientFixture fixture;

  @BeforeEach
  void start(Ledger ledger) throws IOException {
    peer = StubPeer.start(StubPeer.answering("offset", "5"));
    network =
        FaultyNetwork.start(
            ledger,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.endpoint().port()));
    endpoint = new Endpoint("127.0.0.1", network.port());
    fixture = client(ledger, Duration.ofMillis(500));
  }

  private static ClientFixture client(Ledger ledger, Duration silenceLimit) {
    return ClientFixture.start(
        "127.0.0.1:1",
        ledger,
        options -> options.connectTimeout(Duration.ofSeconds(2)).silenceLimit(silenceLimit));
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
    network.close(Deadline.after(Duration.ofSeconds(2)));
    peer.close();
  }

  /** On the first loop, so that all calls share one connection. */
  private CountedReply<Long> call(int queue, long timeoutMillis) {
    CountedReply<Long> reply = new CountedReply<>();
    Request<Long> request = new GetMaxOffset("topic", queue);
    fixture
        .loops
        .all()
        .getFirst()
        .execute(
            () ->
                fixture
                    .client
                    .commands()
                    .call(endpoint, request, Effect.READS, timeoutMillis, reply));
    return reply;
  }

  @Test
  void aPeerThatIsGoneWithoutAWordIsConnectedToAnew() {
    assertThat(call(0, 20_000).value()).isEqualTo(5);
    network.stall();

    // Each call fails in its time, and what waits longer does not wait for TCP to give up.
    CountedReply<Long> patient = call(0, 60_000);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              call(0, 200).category();
              return network.accepted() > 1;
            });
    assertThat(patient.category()).isEqualTo(FailureCategory.UNAVAILABLE);

    network.cut();
    network.pass();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              CountedReply<Long> reply = call(0, 2_000);
              reply.await();
              return !reply.hasFailed();
            });
  }

  @Test
  void aPeerThatIsSlowWithOneAnswerAndGivesOthersKeepsItsConnection(Ledger ledger)
      throws IOException {
    // All together are longer than the limit, and each is much shorter, also on a busy machine.
    fixture.close();
    fixture = client(ledger, Duration.ofSeconds(4));
    try (StubPeer slow =
        StubPeer.start(
            (command, line) -> {
              if (command.fields().requireLong("queueId") == 0) {
                line.send(StubPeer.success(command, Fields.of("offset", "1")));
              }
            })) {
      endpoint = slow.endpoint();
      for (int i = 0; i < 10; i++) {
        assertThat(call(7, 500).category()).isEqualTo(FailureCategory.TIMEOUT);
        assertThat(call(0, 20_000).value()).isOne();
      }
      assertThat(slow.accepted).hasValue(1);
    }
  }
}
