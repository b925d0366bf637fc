package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.requests.CheckFilter;
import dev.sluice.rocketmq.requests.Heartbeat;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Refuses conditions that do not parse, of which brokers of 4.x hand out everything. Those that do
 * are remembered, up to {@link #MOST}. Called on loops.
 */
final class CheckedFilters {
  private static final int MOST = 1_000;

  private final RemotingClient client;
  // All are forgotten when they are too many.
  private final Set<String> fine = ConcurrentHashMap.newKeySet();

  CheckedFilters(RemotingClient client) {
    this.client = client;
  }

  /** Whether nothing is to be asked about the filter. */
  boolean isFine(Filter filter) {
    return filter.type() != Filter.Type.SQL || fine.contains(filter.expression());
  }

  /** Goes on where a broker of the topic understands the filter; a missing topic has none. */
  void check(
      String topic, String group, Filter filter, Runnable next, Consumer<ClientException> refused) {
    if (isFine(filter)) {
      next.run();
      return;
    }
    client
        .routes()
        .lookup(
            topic,
            Then.of(route -> ask(route, group, filter, next, refused), failure -> next.run()));
  }

  private void ask(
      Route route, String group, Filter filter, Runnable next, Consumer<ClientException> refused) {
    Endpoint master =
        route.brokers().stream()
            .map(Broker::master)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    if (master == null) {
      next.run();
      return;
    }
    var subscription = new Heartbeat.Subscription(route.topic(), "SQL92", filter.expression(), 0);
    client
        .commands()
        .call(
            master,
            new CheckFilter(client.options().clientId(), group, subscription),
            Commands.Effect.READS,
            client.options().callTimeout().toMillis(),
            Then.of(
                done -> {
                  if (fine.size() >= MOST) {
                    fine.clear();
                  }
                  fine.add(filter.expression());
                  next.run();
                },
                refused));
  }
}
