package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Which kinds of message topics take, as the message system says. What was asked before is used for
 * {@link #FRESH} as it is, and then for {@link #USABLE} while it is asked for anew. Safe for use by
 * any thread; what waits for an answer is served on its own thread, in the order in which it came.
 */
final class TopicKinds {

  private static final Duration FRESH = Duration.ofSeconds(30);
  private static final Duration USABLE = Duration.ofMinutes(5);
  private static final int MOST_KNOWN = 10_000;

  /** The most that waits for answers. */
  private static final int MOST_WAITING = 10_000;

  /** What stands for a topic of which nothing can be known now: its sends will tell. */
  private static final Set<MessageKind> ANY = Set.copyOf(EnumSet.allOf(MessageKind.class));

  private record Known(Set<MessageKind> kinds, long atNanos) {}

  private record Place(Thread thread, String topic) {}

  private final Clock clock;
  // Emptied when full.
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  // An entry is removed when its answer is there; each is only used on its own thread, and all of
  // them together are bounded by the count.
  private final Map<Place, Deque<Consumer<Set<MessageKind>>>> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger waitingCount = new AtomicInteger();
  // A topic is removed when its answer is there; bounded by what is known.
  private final Set<String> refreshing = ConcurrentHashMap.newKeySet();

  TopicKinds(Clock clock) {
    this.clock = clock;
  }

  /**
   * Tells the kinds, now or later on the calling thread, which has to be a loop's.
   *
   * @param lease what to ask through
   * @throws Refusal where too many wait already
   */
  void of(UpstreamLease lease, String topic, Consumer<Set<MessageKind>> then) {
    var place = new Place(Thread.currentThread(), topic);
    Deque<Consumer<Set<MessageKind>>> ahead = waiting.get(place);
    if (ahead != null) {
      await(ahead, then);
      return;
    }
    Known found = known.get(topic);
    long age = found == null ? 0 : clock.nanoTime() - found.atNanos;
    if (found == null || age > USABLE.toNanos()) {
      var first = new ArrayDeque<Consumer<Set<MessageKind>>>();
      await(first, then);
      waiting.put(place, first);
      lookup(lease, topic, kinds -> serve(place, kinds));
      return;
    }
    if (age > FRESH.toNanos() && refreshing.add(topic)) {
      lookup(lease, topic, kinds -> refreshing.remove(topic));
    }
    then.accept(found.kinds);
  }

  private void await(Deque<Consumer<Set<MessageKind>>> ahead, Consumer<Set<MessageKind>> then) {
    if (waitingCount.incrementAndGet() > MOST_WAITING) {
      waitingCount.decrementAndGet();
      throw new Refusal(
          Code.TOO_MANY_REQUESTS,
          "topics: "
              + MOST_WAITING
              + " requests wait to be told what they take (the most); try again in a moment");
    }
    ahead.add(then);
  }

  private void serve(Place place, Set<MessageKind> kinds) {
    Deque<Consumer<Set<MessageKind>>> all = waiting.getOrDefault(place, new ArrayDeque<>());
    while (!all.isEmpty()) {
      waitingCount.decrementAndGet();
      all.remove().accept(kinds);
    }
    waiting.remove(place);
  }

  private static void ask(UpstreamLease lease, String topic, Completion<Topology> answer) {
    lease.use(
        new Completion<>() {
          @Override
          public void done(ActiveUpstream active) {
            active.upstream().topology(topic, answer);
          }

          @Override
          public void failed(GatewayException failure) {
            answer.failed(failure);
          }
        });
  }

  private void lookup(UpstreamLease lease, String topic, Consumer<Set<MessageKind>> then) {
    Completion<Topology> answer =
        new Completion<>() {
          @Override
          public void done(Topology topology) {
            if (known.size() >= MOST_KNOWN) {
              known.clear();
            }
            known.put(topic, new Known(topology.accepts(), clock.nanoTime()));
            then.accept(topology.accepts());
          }

          @Override
          public void failed(GatewayException failure) {
            then.accept(ANY);
          }
        };
    ask(lease, topic, answer);
  }
}
