package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.client.Broker;
import dev.sluice.rocketmq.client.Endpoint;
import dev.sluice.rocketmq.client.EventLoops;
import dev.sluice.rocketmq.client.Remoting;
import dev.sluice.rocketmq.client.RocketMQClient;
import dev.sluice.rocketmq.wire.BrokerRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Waits until a broker has filed what it has stored. A broker answers a send when the message is in
 * its log, and puts it into its queue a moment later; until then the queue's maximum offset leaves
 * it out, and a group that starts there gets a message sent before.
 */
final class Filing {
  private static final String BEHIND = "dispatchBehindBytes";

  private static final Duration PAUSE = Duration.ofMillis(10);

  /** A broker under load is always behind a little, and what is old is a matter of moments. */
  private static final int TRIES = 10;

  private final RocketMQClient client;
  private final EventLoops loops;

  Filing(RocketMQClient client, EventLoops loops) {
    this.client = client;
    this.loops = loops;
  }

  /** Goes on when all of these brokers have filed, cannot tell, or take too long. On a loop. */
  void await(List<Broker> brokers, Runnable next) {
    List<Endpoint> masters = new ArrayList<>(brokers.size());
    for (Broker broker : brokers) {
      if (broker.master() != null) {
        masters.add(broker.master());
      }
    }
    await(masters, TRIES, next);
  }

  private void await(List<Endpoint> masters, int tries, Runnable next) {
    Gather.<Endpoint, BrokerRuntime>each(
        masters,
        (master, part) ->
            client
                .remoting()
                .call(
                    master,
                    new BrokerRuntime.Get(),
                    Remoting.Effect.READS,
                    client.options().callTimeout().toMillis(),
                    part),
        Then.of(
            runtimes -> {
              boolean filed = runtimes.stream().allMatch(Filing::isFiled);
              if (filed || tries == 1) {
                next.run();
              } else {
                var _ =
                    loops
                        .current()
                        .schedule(
                            () -> await(masters, tries - 1, next),
                            PAUSE.toMillis(),
                            TimeUnit.MILLISECONDS);
              }
            },
            failure -> next.run()));
  }

  private static boolean isFiled(BrokerRuntime runtime) {
    String behind = runtime.values().getOrDefault(BEHIND, "0");
    return behind.equals("0") || behind.startsWith("-");
  }
}
