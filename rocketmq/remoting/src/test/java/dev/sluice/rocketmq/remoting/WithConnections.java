package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.Commands.Effect;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.requests.OffsetRequests.UpdateConsumerOffset;
import dev.sluice.rocketmq.wire.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client with tight bounds, and calls of it to whoever a test says. */
abstract class WithConnections {
  static final Request<Long> READ = new GetMaxOffset("topic", 0);
  static final Request<?> CHANGE = new UpdateConsumerOffset("group", "topic", 0, 1);
  static final Endpoint NOWHERE = new Endpoint("127.0.0.1", 1);

  Ledger ledger;
  ClientFixture fixture;

  @BeforeEach
  void start(Ledger given) {
    ledger = given;
    fixture = connect(100);
  }

  ClientFixture connect(int maxCalls) {
    return ClientFixture.start(
        NOWHERE.toString(),
        ledger,
        options ->
            options
                .maxCallsInFlight(maxCalls)
                .maxBytesInFlight(2_000)
                .maxFrameBytes(10_000)
                .connectTimeout(Duration.ofSeconds(2))
                // For longer than a test on a busy machine, so that nothing is tried again in it.
                .reconnectDelay(Duration.ofMinutes(1), Duration.ofMinutes(2)));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  <R> CountedReply<R> call(Endpoint to, Request<R> request, Effect effect, long timeout) {
    CountedReply<R> reply = new CountedReply<>();
    fixture.client.commands().call(to, request, effect, timeout, reply);
    return reply;
  }

  /** Calls on the first loop, so that all calls share one connection. */
  <R> List<CountedReply<R>> calls(Endpoint to, Request<R> request, Effect effect, int n) {
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
                    reply -> fixture.client.commands().call(to, request, effect, 10_000, reply)));
    return replies;
  }
}
