package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.rocketmq.remoting.Memberships;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.requests.Done;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group: what of it is to be shown to the brokers, and what they were shown. Belongs to one
 * loop. What it does takes several calls, one round after the other, so that none overtakes another
 * on its way.
 *
 * <p>Members that are no gateways share the queues among all members, gateways too. So the group is
 * not shown while it has such members, and looked at again from time to time, as brokers tell only
 * members of changes.
 */
final class ShownGroup {
  private static final Logger log = LoggerFactory.getLogger(ShownGroup.class);

  /** How often a group that is not shown is looked at. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(20);

  /** How soon the number of clients is brought up to date; several come at once. */
  private static final Duration RENAME_IN = Duration.ofSeconds(5);

  /** How often, at most, for nothing but that: others look at the group again then. */
  private static final Duration BETWEEN_RENAMES = Duration.ofSeconds(20);

  /** How often a group that is shown is looked at, for changes that no broker told. */
  private static final Duration LOOK_ANYHOW = Duration.ofSeconds(60);

  /** How often, at most, because brokers told of a change. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final RemotingClient client;
  private final EventLoop loop;
  private final String group;
  private final Runnable changed;
  private final Runnable empty;
  private final Map<String, Membership> wanted = new LinkedHashMap<>();
  // Told and not answered yet.
  private List<Reply<Done>> waiting = new ArrayList<>();
  private @Nullable String shownAs;
  private long shownSince;
  private boolean renamed;
  private long renamedAt;
  private final Map<String, Filter> shown = new HashMap<>();
  private @Nullable GroupLook seen;
  private boolean busy;
  private boolean again;
  private boolean ended;
  private @Nullable Future<?> timer;
  private long timerAt;

  /**
   * A group of which nothing is shown.
   *
   * @param changed told when its members are others than before
   * @param empty told when nothing of it is to be shown, and nothing is
   */
  ShownGroup(
      RemotingClient client, EventLoop loop, String group, Runnable changed, Runnable empty) {
    this.client = client;
    this.loop = loop;
    this.group = group;
    this.changed = changed;
    this.empty = empty;
  }

  void join(Membership membership, Reply<Done> reply) {
    Membership before = wanted.put(membership.topic(), membership);
    boolean onlyClients =
        before != null
            && before.filter().equals(membership.filter())
            && before.member().equals(membership.member());
    if (onlyClients && !busy) {
      lookIn(untilRenamed());
      reply.done(Done.DONE);
    } else {
      waiting.add(reply);
      round();
    }
  }

  void leave(String topic, Reply<Done> reply) {
    wanted.remove(topic);
    waiting.add(reply);
    round();
  }

  /** Whoever asks who the members are has looked. */
  void looked(GroupLook look) {
    see(look);
    if (!look.others().isEmpty() && shownAs != null) {
      round();
    }
  }

  /** Brokers tell that members have come or gone, or ask for something else. */
  void mayHaveChanged() {
    lookIn(BETWEEN_LOOKS);
  }

  boolean isEmpty() {
    return wanted.isEmpty() && !busy && waiting.isEmpty();
  }

  /**
   * What brokers are shown.
   *
   * @param sinceMillis since when, under this name, since the epoch
   * @param clients how many callers stand behind it
   * @param filters by topic
   */
  record View(long sinceMillis, int clients, Map<String, Filter> filters) {}

  /**
   * What is shown under this name, or null where nothing is. The number of clients in it may be an
   * older one, which brokers and administrators still know.
   */
  @Nullable View view(String clientId) {
    String as = shownAs;
    String member = GatewayName.memberOf(clientId);
    return as != null && member != null && member.equals(GatewayName.memberOf(as))
        ? new View(shownSince, clients(), Map.copyOf(shown))
        : null;
  }

  /** Looks at nothing any more; the brokers forget what was shown with the connection. */
  void end() {
    ended = true;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void round() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    List<Reply<Done>> served = waiting;
    waiting = new ArrayList<>();
    Reply<Done> end =
        Then.of(
            done -> over(() -> served.forEach(reply -> reply.done(Done.DONE))),
            failure -> over(() -> served.forEach(reply -> reply.failed(failure))));
    if (wanted.isEmpty()) {
      hide(end);
    } else {
      GroupLook.at(client, group, Then.of(look -> act(look, end), end::failed));
    }
  }

  private void over(Runnable tell) {
    busy = false;
    if (again && !ended) {
      round();
    } else if (wanted.isEmpty()) {
      end();
      empty.run();
    } else {
      lookIn(untilNextLook());
    }
    tell.run();
  }

  private Duration untilNextLook() {
    if (shownAs == null) {
      return LOOK_AGAIN;
    }
    return shownAs.equals(name()) ? LOOK_ANYHOW : untilRenamed();
  }

  private Duration untilRenamed() {
    if (!renamed) {
      return RENAME_IN;
    }
    Duration left = BETWEEN_RENAMES.minusNanos(System.nanoTime() - renamedAt);
    return left.compareTo(RENAME_IN) > 0 ? left : RENAME_IN;
  }

  private void act(GroupLook look, Reply<Done> end) {
    see(look);
    if (wanted.isEmpty()) {
      // All was left while we looked; the round that waits for the end of this one sees to it.
      end.done(Done.DONE);
    } else if (!look.others().isEmpty()) {
      if (shownAs != null) {
        log.info(
            "group {}: no longer shown to the brokers, since it has members of its own: {}",
            group,
            look.others());
      }
      hide(end);
    } else if (shownAs != null && !shownAs.equals(name())) {
      renamed = true;
      renamedAt = System.nanoTime();
      hide(Then.of(done -> show(end), end::failed));
    } else {
      show(end);
    }
  }

  private void hide(Reply<Done> end) {
    if (shownAs == null) {
      end.done(Done.DONE);
      return;
    }
    shownAs = null;
    shown.clear();
    client.memberships().leave(group, end);
  }

  private void show(Reply<Done> end) {
    if (wanted.isEmpty()) {
      // The same, while it was hidden.
      end.done(Done.DONE);
      return;
    }
    Memberships memberships = client.memberships();
    String as = name();
    List<Consumer<Reply<Done>>> changes = new ArrayList<>();
    wanted.forEach(
        (topic, membership) -> {
          if (!membership.filter().equals(shown.get(topic))) {
            changes.add(
                part -> memberships.joinConsumers(group, as, topic, filter(membership), part));
          }
        });
    for (String topic : List.copyOf(shown.keySet())) {
      if (!wanted.containsKey(topic)) {
        shown.remove(topic);
        changes.add(part -> memberships.leaveTopic(group, topic, part));
      }
    }
    wanted.forEach((topic, membership) -> shown.put(topic, membership.filter()));
    if (!as.equals(shownAs)) {
      shownAs = as;
      shownSince = System.currentTimeMillis();
    }
    // What some broker could not be told is told with the next heartbeats.
    Gather.<Consumer<Reply<Done>>, Done>each(
        changes, Consumer::accept, Then.of(all -> end.done(Done.DONE), end::failed));
  }

  private String name() {
    return GatewayName.of(wanted.values().iterator().next().member(), clients());
  }

  private int clients() {
    return Math.max(1, wanted.values().stream().mapToInt(Membership::clients).sum());
  }

  private static dev.sluice.rocketmq.remoting.Filter filter(Membership membership) {
    Filter filter = membership.filter();
    return filter.type() == Filter.Type.SQL
        ? dev.sluice.rocketmq.remoting.Filter.sql(filter.expression())
        : dev.sluice.rocketmq.remoting.Filter.tags(filter.expression());
  }

  /** That the group itself is shown, under whatever name, is no change. */
  private void see(GroupLook look) {
    GroupLook now =
        wanted.isEmpty() ? look : look.without(wanted.values().iterator().next().member());
    GroupLook before = seen;
    seen = now;
    if (before != null && !before.equals(now)) {
      changed.run();
    }
  }

  private void lookIn(Duration pause) {
    long at = System.nanoTime() + pause.toNanos();
    if (ended || (timer != null && timerAt - at <= 0)) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timerAt = at;
    timer =
        loop.schedule(
            () -> {
              timer = null;
              round();
            },
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
