package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.Request;
import org.jspecify.annotations.Nullable;

/**
 * Finds the master of a broker that a handle or id names, by the route of a topic that lives there;
 * looks the route up again where it does not have it.
 */
final class NamedBrokers {
  private final RouteCache routes;
  private final CallRouter router;

  NamedBrokers(RouteCache routes, CallRouter router) {
    this.routes = routes;
    this.router = router;
  }

  /** Sends a request that changes something to the master of this name. */
  <R> void call(
      String topic, String brokerName, Request<R> request, long timeoutMillis, Reply<R> reply) {
    Endpoint known = known(routes.cached(topic), brokerName);
    if (known != null) {
      router.call(known, request, Commands.Effect.CHANGES, timeoutMillis, reply);
    } else {
      lookUp(
          topic,
          brokerName,
          Replies.then(
              reply,
              found -> router.call(found, request, Commands.Effect.CHANGES, timeoutMillis, reply)));
    }
  }

  /** Where the master of this name listens; fails as UNAVAILABLE where there is none now. */
  void master(String topic, String brokerName, Reply<Endpoint> reply) {
    Endpoint known = known(routes.cached(topic), brokerName);
    if (known != null) {
      reply.done(known);
    } else {
      lookUp(topic, brokerName, reply);
    }
  }

  /** The name of the broker of the topic whose master listens there. */
  void name(String topic, Endpoint master, Reply<String> reply) {
    Route cached = routes.cached(topic);
    String known = cached == null ? null : nameIn(cached, master);
    if (known != null) {
      reply.done(known);
      return;
    }
    routes.refresh(
        topic,
        Replies.map(
            route -> {
              String name = nameIn(route, master);
              if (name == null) {
                throw ClientException.of(
                    FailureCategory.UNAVAILABLE,
                    "broker: none of topic " + topic + " is at " + master);
              }
              return name;
            },
            reply));
  }

  private static @Nullable String nameIn(Route route, Endpoint master) {
    for (Broker broker : route.brokers()) {
      if (master.equals(broker.master())) {
        return broker.name();
      }
    }
    return null;
  }

  private static @Nullable Endpoint known(@Nullable Route route, String brokerName) {
    Broker broker = route == null ? null : route.broker(brokerName);
    return broker == null ? null : broker.master();
  }

  private void lookUp(String topic, String brokerName, Reply<Endpoint> reply) {
    Reply<Route> found =
        Replies.map(
            route -> {
              Endpoint there = known(route, brokerName);
              if (there == null) {
                throw ClientException.of(
                    FailureCategory.UNAVAILABLE,
                    "broker: " + brokerName + " of topic " + topic + " has no master now");
              }
              return there;
            },
            reply);
    if (routes.cached(topic) == null) {
      routes.lookup(topic, found);
    } else {
      routes.refresh(topic, found);
    }
  }
}
