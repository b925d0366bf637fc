package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.remoting.RemotingClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has routes looked up again that led to a broker that is not there: it may be back elsewhere, long
 * before routes are refreshed anyway. Once a second at most, because everything fails at once.
 */
final class StaleRoutes {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final RemotingClient client;
  private final Clock clock;
  private final AtomicLong notBefore;

  StaleRoutes(RemotingClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
    this.notBefore = new AtomicLong(clock.nanoTime());
  }

  /** A call that followed the topic's route found nobody. On a loop. */
  void suspect(String topic) {
    long now = clock.nanoTime();
    long next = notBefore.get();
    if (now - next >= 0 && notBefore.compareAndSet(next, now + PAUSE.toNanos())) {
      client.routes().refresh(topic, Then.of(route -> {}, failure -> {}));
    }
  }
}
