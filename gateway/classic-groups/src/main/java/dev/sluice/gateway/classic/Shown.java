package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.Heartbeat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What brokers are shown of the member: one call after the other, so that none overtakes another.
 * Belongs to its group's loop.
 */
final class Shown {
  private final GroupParts parts;
  private final Supplier<Map<String, Filter>> wanted;
  private final Supplier<String> name;
  private final Runnable changed;
  private Map<String, Filter> topics = Map.of();
  private @Nullable String as;
  private List<Consumer<@Nullable ClientException>> waiting = new ArrayList<>();
  private boolean busy;

  /**
   * Counted: that of members without a gateway is the time, so that brokers filter what those pull
   * by what they ask for themselves.
   */
  private long version;

  /**
   * Nothing is shown yet.
   *
   * @param wanted what is to be shown, asked each time
   * @param name as whom, asked where nothing is shown
   * @param changed called when brokers were told of something new
   */
  Shown(
      GroupParts parts,
      Supplier<Map<String, Filter>> wanted,
      Supplier<String> name,
      Runnable changed) {
    this.parts = parts;
    this.wanted = wanted;
    this.name = name;
    this.changed = changed;
  }

  /** Who the member is; null while none is shown. */
  @Nullable String as() {
    return as;
  }

  boolean isBusy() {
    return busy;
  }

  /**
   * Shows what is wanted now.
   *
   * @param over told when the brokers know, or why they do not
   */
  void update(Consumer<@Nullable ClientException> over) {
    waiting.add(over);
    if (!busy) {
      round();
    }
  }

  private void round() {
    List<Consumer<@Nullable ClientException>> served = waiting;
    waiting = new ArrayList<>();
    Map<String, Filter> next = wanted.get();
    if ((next.isEmpty() && as == null) || next.equals(topics)) {
      served.forEach(each -> each.accept(null));
      return;
    }
    busy = true;
    topics = next;
    var reply = Answer.<Done>of(done -> over(served, null), failure -> over(served, failure));
    if (next.isEmpty()) {
      as = null;
      parts.client().memberships().leave(parts.group(), reply);
      return;
    }
    String shownAs = as == null ? name.get() : as;
    as = shownAs;
    version++;
    parts.client().memberships().joinClassic(shownAs, member(next), reply);
  }

  private void over(
      List<Consumer<@Nullable ClientException>> served, @Nullable ClientException failure) {
    busy = false;
    served.forEach(each -> each.accept(failure));
    if (as != null) {
      changed.run();
    }
    if (!busy && !waiting.isEmpty()) {
      round();
    }
  }

  private Heartbeat.Consumer member(Map<String, Filter> shown) {
    List<Heartbeat.Subscription> subscriptions = new ArrayList<>();
    shown.forEach((topic, filter) -> subscriptions.add(subscription(topic, filter)));
    subscriptions.add(subscription(parts.retryTopic(), Filter.ALL));
    return new Heartbeat.Consumer(
        parts.group(), Heartbeat.ConsumeType.CONSUME_PASSIVELY, subscriptions);
  }

  private Heartbeat.Subscription subscription(String topic, Filter filter) {
    var told = parts.view().filter(filter);
    return new Heartbeat.Subscription(topic, told.kind().name(), told.expression(), version);
  }
}
