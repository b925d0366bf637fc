package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The subscriptions that an upstream was told of since it started. For any thread. */
final class PreparedSubscriptions {

  private static final int MAX = 10_000;

  private final SharedUpstream shared;
  // Emptied when full, and by each start: preparing one again is harmless.
  private final Set<Subscription> prepared = ConcurrentHashMap.newKeySet();

  PreparedSubscriptions(SharedUpstream shared) {
    this.shared = shared;
  }

  void prepare(Subscription subscription, Completion<Void> completion) {
    if (shared.current() != null && prepared.contains(subscription)) {
      Completion.succeed(completion);
      return;
    }
    shared.call(
        (upstream, done) -> upstream.subscribe(subscription, done),
        new Completion<Void>() {
          @Override
          public void done(Void nothing) {
            if (prepared.size() >= MAX) {
              prepared.clear();
            }
            prepared.add(subscription);
            Completion.succeed(completion);
          }

          @Override
          public void failed(GatewayException failure) {
            completion.failed(failure);
          }
        });
  }

  void clear() {
    prepared.clear();
  }
}
