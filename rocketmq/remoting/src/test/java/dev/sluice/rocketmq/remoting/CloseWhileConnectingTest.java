package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.Commands.Effect;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.wire.Fields;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseWhileConnectingTest {

  /** The last open connection ends while others, which are not open yet, still have their calls. */
  @Test
  void callsThatWaitForAConnectionEndBeforeTheClientHasClosed(Ledger ledger) throws Exception {
    List<SocketChannel> filling = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1);
        StubPeer peer =
            StubPeer.start(
                (command, line) -> line.send(StubPeer.success(command, Fields.of("offset", "1"))));
        EventLoops loops = EventLoops.owned(1, ledger)) {
      for (int i = 0; i < 4; i++) {
        SocketChannel each = SocketChannel.open();
        filling.add(each);
        each.configureBlocking(false);
        each.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()));
      }
      loops.start();
      RemotingClient client =
          RemotingClient.create(
              RemotingOptions.builder("127.0.0.1:1").build(), loops, ledger, Clock.system());
      client.start();
      CountedReply<Long> open = call(client, peer.endpoint());
      assertThat(open.value()).isEqualTo(1);
      List<CountedReply<Long>> waiting = new ArrayList<>();
      for (int i = 1; i < 10; i++) {
        waiting.add(call(client, new Endpoint("127.0.0." + i, full.getLocalPort())));
      }

      assertThat(client.close(Deadline.after(Duration.ofSeconds(10))).clean()).isTrue();

      waiting.forEach(reply -> assertThat(reply.category()).isEqualTo(FailureCategory.UNAVAILABLE));
      assertThat(ledger.leaks("pending call")).isZero();
    } finally {
      for (SocketChannel each : filling) {
        each.close();
      }
    }
  }

  private static CountedReply<Long> call(RemotingClient client, Endpoint to) {
    CountedReply<Long> reply = new CountedReply<>();
    client.commands().call(to, new GetMaxOffset("topic", 0), Effect.READS, 20_000, reply);
    return reply;
  }
}
