package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.Commands.Effect;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** That clients which come and go leave nothing. */
class ClientCyclesTest {

  @Test
  void aThousandCreateUseCloseCyclesLeaveNoConnectionNoTimerAndNoThread(Ledger ledger)
      throws Exception {
    try (StubPeer peer = StubPeer.start(StubPeer.answering("offset", "1"));
        EventLoops loops = EventLoops.owned(2, ledger)) {
      loops.start();
      int threads = 0;
      for (int i = 0; i < 1_000; i++) {
        RemotingClient client =
            RemotingClient.create(
                RemotingOptions.builder(peer.endpoint().toString()).build(),
                loops,
                ledger,
                Clock.system());
        client.start();
        long offset =
            FutureReply.await(
                reply ->
                    client
                        .commands()
                        .call(
                            peer.endpoint(),
                            new GetMaxOffset("t", 0),
                            Effect.READS,
                            20_000,
                            reply));
        assertThat(offset).isEqualTo(1);
        CloseReport report = client.close(Deadline.after(Duration.ofSeconds(30)));
        assertThat(report.clean()).as(report.describe()).isTrue();
        assertThat(ledger.open("connection")).isZero();
        assertThat(ledger.open("timer")).isZero();
        if (i == 20) {
          threads = Thread.activeCount();
        }
      }
      assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
      assertThat(peer.accepted).hasValue(1_000);
    }
  }

  @Test
  void aClientThatWasNeverStartedOrUsedClosesAtOnce(Ledger ledger) {
    try (EventLoops loops = EventLoops.owned(1, ledger)) {
      loops.start();
      RemotingOptions options = RemotingOptions.builder("127.0.0.1:1").build();
      RemotingClient unstarted = RemotingClient.create(options, loops, ledger, Clock.system());
      assertThat(unstarted.close(Deadline.after(Duration.ofSeconds(30))).clean()).isTrue();
      RemotingClient unused = RemotingClient.create(options, loops, ledger, Clock.system());
      unused.start();
      assertThat(unused.close(Deadline.after(Duration.ofSeconds(30))).clean()).isTrue();
    }
  }

  @Test
  void whatIsClosedCannotBeStartedAndWhatIsNotStartedCannotBeUsed(Ledger ledger) {
    EventLoops loops = EventLoops.owned(1, ledger);
    RemotingOptions options = RemotingOptions.builder("127.0.0.1:1").build();
    RemotingClient client = RemotingClient.create(options, loops, ledger, Clock.system());
    assertThatThrownBy(client::start).hasMessageContaining("event loops: not started");
    loops.start();
    assertThatThrownBy(() -> client.routes().lookup("t", new CountedReply<>()))
        .hasMessageContaining("client: not started");
    client.close();
    assertThatThrownBy(client::start).hasMessageContaining("client: closed");
    loops.close();
    assertThatThrownBy(loops::start).hasMessageContaining("event loops: closed");
  }
}
