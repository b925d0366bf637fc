package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds the queues that callers name. Called on loops only. */
final class NamedQueues {
  private final RemotingClient client;

  NamedQueues(RemotingClient client) {
    this.client = client;
  }

  /**
   * Goes on with the queue, or fails the completion: as UNAVAILABLE where its broker is away now,
   * as INVALID_ARGUMENT where the topic has no such queue. A queue that the route at hand does not
   * have may have come to the topic since: the route is looked up once more.
   */
  void find(String topic, QueueId queue, Completion<?> completion, Consumer<TopicQueue> next) {
    Route cached = client.routes().cached(topic);
    TopicQueue known = cached == null || cached.provisional() ? null : in(cached, queue);
    if (known != null) {
      next.accept(known);
      return;
    }
    client
        .routes()
        .refresh(
            topic,
            Then.of(
                route -> {
                  TopicQueue found = in(route, queue);
                  if (found != null) {
                    next.accept(found);
                  } else {
                    completion.failed(missing(route, queue));
                  }
                },
                failure -> completion.failed(Failures.of(failure, topic))));
  }

  private static @Nullable TopicQueue in(Route route, QueueId queue) {
    for (TopicQueue each : route.readableQueues()) {
      if (each.id() == queue.index()
          && each.broker().name().equals(queue.node())
          && each.broker().reader() != null) {
        return each;
      }
    }
    return null;
  }

  private static GatewayException missing(Route route, QueueId queue) {
    Broker broker = route.broker(queue.node());
    if (broker == null || broker.reader() == null) {
      return GatewayException.unavailable(
          "topic: '"
              + route.topic()
              + "' has no broker to read from now by the name of '"
              + queue.node()
              + "'",
          null);
    }
    long count =
        route.readableQueues().stream()
            .filter(each -> each.broker().name().equals(queue.node()))
            .count();
    return GatewayException.invalid(
        Subject.QUEUE,
        "queue: "
            + queue.index()
            + " of "
            + route.topic()
            + " at "
            + queue.node()
            + " (expected: one of its "
            + count
            + " readable ones, from 0)");
  }
}
