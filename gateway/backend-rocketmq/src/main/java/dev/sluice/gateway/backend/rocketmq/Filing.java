package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.BrokerRuntime;
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
  private static final String STORED = "putMessageSizeTotal";

  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final int TRIES = 200;

  private final RemotingClient client;
  private final EventLoops loops;

  Filing(RemotingClient client, EventLoops loops) {
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
    await(masters, List.of(), TRIES, next);
  }

  /**
   * Asks until all are done.
   *
   * @param goals what each had stored when it was asked first; empty then
   */
  private void await(List<Endpoint> masters, List<Long> goals, int tries, Runnable next) {
    Gather.<Endpoint, BrokerRuntime>each(
        masters,
        (master, part) ->
            client
                .commands()
                .call(
                    master,
                    new BrokerRuntime.Get(),
                    Commands.Effect.READS,
                    client.options().callTimeout().toMillis(),
                    part),
        Then.of(
            runtimes -> {
              List<Long> stored =
                  goals.isEmpty()
                      ? runtimes.stream().map(runtime -> number(runtime, STORED)).toList()
                      : goals;
              if (tries == 1 || areFiled(runtimes, stored)) {
                next.run();
              } else {
                var _ =
                    loops
                        .current()
                        .schedule(
                            () -> await(masters, stored, tries - 1, next),
                            PAUSE.toMillis(),
                            TimeUnit.MILLISECONDS);
              }
            },
            failure -> next.run()));
  }

  /** A broker under load is always behind a little, but not behind what it had stored before. */
  private static boolean areFiled(List<BrokerRuntime> runtimes, List<Long> goals) {
    for (int i = 0; i < runtimes.size(); i++) {
      long behind = number(runtimes.get(i), BEHIND);
      if (behind > 0 && number(runtimes.get(i), STORED) - behind < goals.get(i)) {
        return false;
      }
    }
    return true;
  }

  private static long number(BrokerRuntime runtime, String name) {
    try {
      return Long.parseLong(runtime.values().getOrDefault(name, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
