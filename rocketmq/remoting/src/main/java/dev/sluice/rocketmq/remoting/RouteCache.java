package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.requests.GetRoute;
import dev.sluice.rocketmq.requests.TopicRoute;
import dev.sluice.rocketmq.requests.TopicTemplate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The routes in use. Entries are made by lookups and removed by {@link #refreshRound}: routes that
 * nobody has used for the idle time, and missing topics when they may be asked for again. With more
 * than {@link #MAX_ENTRIES} entries, and where nothing could be found out, nothing is remembered:
 * each use looks up anew.
 */
final class RouteCache implements Routes {
  static final int MAX_ENTRIES = 10_000;

  /** How many lookups one refresh round has in flight. */
  private static final int REFRESH_WINDOW = 16;

  private final ConcurrentMap<String, RouteEntry> entries = new ConcurrentHashMap<>();
  private final NameServers nameServers;
  private final CallRouter router;
  private final Clock clock;
  private final Duration missingTtl;
  private final int maxUnusedRounds;

  RouteCache(RemotingOptions options, NameServers nameServers, CallRouter router, Clock clock) {
    this.nameServers = nameServers;
    this.router = router;
    this.clock = clock;
    this.missingTtl = options.missingTopicTtl();
    this.maxUnusedRounds = (int) Math.max(1, options.routeIdle().dividedBy(options.routeRefresh()));
  }

  @Override
  public @Nullable Route cached(String topic) {
    RouteEntry entry = entries.get(topic);
    return entry == null ? null : entry.use();
  }

  @Override
  public void lookup(String topic, Reply<Route> reply) {
    router.onLoop(() -> lookupHere(topic, false, reply), reply);
  }

  @Override
  public void refresh(String topic, Reply<Route> reply) {
    router.onLoop(() -> lookupHere(topic, true, reply), reply);
  }

  @Override
  public void lookupForSend(String topic, TopicTemplate template, Reply<Route> reply) {
    router.onLoop(
        () ->
            lookupHere(
                topic,
                false,
                Replies.orElse(
                    reply,
                    failure -> {
                      if (failure.category() == FailureCategory.NOT_FOUND
                          && !topic.equals(template.topic())) {
                        lookupTemplate(topic, template, failure, reply);
                      } else {
                        reply.failed(failure);
                      }
                    })),
        reply);
  }

  private void lookupTemplate(
      String topic, TopicTemplate template, ClientException missing, Reply<Route> reply) {
    lookupHere(
        template.topic(),
        false,
        Replies.map(
            route -> RouteMaker.provisional(topic, route, template.queues()),
            Replies.orElse(
                reply,
                failure ->
                    reply.failed(
                        failure.category() == FailureCategory.NOT_FOUND ? missing : failure))));
  }

  private void lookupHere(String topic, boolean fresh, Reply<Route> reply) {
    RouteEntry entry = entries.computeIfAbsent(topic, RouteEntry::new);
    if (!fresh) {
      Route known = entry.use();
      if (known != null) {
        Replies.finish(reply, known);
        return;
      }
      ClientException missing = entry.missingAt(clock.nanoTime());
      if (missing != null) {
        Replies.fail(reply, missing);
        return;
      }
    }
    if (entry.await(router.currentLoop(), reply)) {
      ask(entry);
    }
  }

  private void ask(RouteEntry entry) {
    nameServers.ask(
        new GetRoute(entry.topic),
        new Reply<>() {
          @Override
          public void done(TopicRoute told) {
            Route route;
            try {
              route = RouteMaker.of(entry.topic, told);
            } catch (ClientException e) {
              notFoundOut(entry, e);
              return;
            }
            forgetBeyondTheMost(entry);
            entry.found(route);
          }

          @Override
          public void failed(ClientException failure) {
            if (failure.category() != FailureCategory.NOT_FOUND) {
              notFoundOut(entry, failure);
              return;
            }
            forgetBeyondTheMost(entry);
            entry.isMissing(failure, clock.nanoTime() + missingTtl.toNanos());
          }
        });
  }

  private void notFoundOut(RouteEntry entry, ClientException failure) {
    if (entry.peek() == null) {
      entries.remove(entry.topic, entry);
    }
    entry.notFoundOut(failure);
  }

  /** Before those who wait are told, so that nobody who was told sees more than the most. */
  private void forgetBeyondTheMost(RouteEntry entry) {
    if (entries.size() > MAX_ENTRIES) {
      entries.remove(entry.topic, entry);
    }
  }

  /** A topic was made or changed: what is known of it is no longer true. */
  void invalidate(String topic) {
    RouteEntry entry = entries.remove(topic);
    if (entry != null) {
      entry.forgetMissing();
    }
  }

  /** Drops what is unused and looks the rest up again, a few at a time. On an event loop. */
  void refreshRound() {
    long now = clock.nanoTime();
    Queue<RouteEntry> stale = new ArrayDeque<>();
    for (RouteEntry entry : entries.values()) {
      if (entry.peek() == null) {
        if (entry.isEmptyAt(now)) {
          entries.remove(entry.topic, entry);
        }
      } else if (entry.unusedRounds() >= maxUnusedRounds) {
        entries.remove(entry.topic, entry);
      } else {
        stale.add(entry);
      }
    }
    for (int i = 0; i < REFRESH_WINDOW; i++) {
      refreshNext(stale);
    }
  }

  private void refreshNext(Queue<RouteEntry> stale) {
    RouteEntry entry = stale.poll();
    if (entry == null) {
      return;
    }
    Reply<Route> next = Replies.whenOver(() -> refreshNext(stale));
    if (entry.await(router.currentLoop(), next)) {
      ask(entry);
    }
  }

  int size() {
    return entries.size();
  }
}
