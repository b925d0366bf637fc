package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.NewHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one membership of a group, from the first who joins or receives to the last who leaves or is
 * idle. Belongs to one loop.
 */
final class ClassicGroup {
  private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long STORE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LOCK_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** How long a topic is kept that nobody receives, of which nobody has said that it is left. */
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** How long one is kept that was left while somebody received it, and nothing of it is held. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(3);

  /**
   * How long one is kept of which callers hold something, who may be there yet though they receive
   * no more. Meanwhile nobody else reads its queues.
   */
  private static final long HOLDING_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final GroupParts parts;
  private final Consumer<ClassicGroup> whenOver;
  private final Shown shown;
  private final GroupReading reading;
  private final AssignedQueues queues;
  private final Alarms.Alarm store = new Alarms.Alarm(this::store);
  private final Alarms.Alarm lock = new Alarms.Alarm(this::lock);
  private final Alarms.Alarm look = new Alarms.Alarm(this::look);
  private final Map<String, ReadTopic> topics = new HashMap<>();
  // What is under way and has to end before the group is over.
  private int busy;
  private boolean closing;
  private boolean over;
  private @Nullable Runnable closed;

  /**
   * A group that nothing is shown of.
   *
   * @param name as whom it will be shown
   * @param whenOver called when nothing of it is open any more
   */
  ClassicGroup(GroupParts parts, Supplier<String> name, Consumer<ClassicGroup> whenOver) {
    this.parts = parts;
    this.whenOver = whenOver;
    this.reading = new GroupReading(parts, topics, this::self);
    this.queues = reading.queues;
    this.shown = new Shown(parts, this::wanted, name, reading.rounds::begin);
  }

  String name() {
    return parts.group();
  }

  /** Runs the task on the group's loop. */
  void run(Runnable task) {
    if (parts.loop().inEventLoop()) {
      task.run();
    } else {
      parts.loop().execute(task);
    }
  }

  boolean isOver() {
    return over;
  }

  private String self() {
    String as = shown.as();
    return as == null ? "" : as;
  }

  private Map<String, Filter> wanted() {
    Map<String, Filter> all = new LinkedHashMap<>();
    topics.values().forEach(topic -> all.put(topic.name, topic.shown));
    return all;
  }

  // What callers ask.

  /** A topic that does not exist is told at once, not waited for. */
  void receive(WaitingReceive receive) {
    String name = receive.request.topic();
    if (parts.client().routes().cached(name) != null) {
      await(receive);
      return;
    }
    busy++;
    parts
        .client()
        .routes()
        .lookup(
            name,
            Answer.of(
                route -> {
                  busy--;
                  await(receive);
                },
                failure -> {
                  busy--;
                  receive.begin(parts.loop(), each -> {});
                  receive.end(parts.view().failure(failure, name, parts.group()));
                  endWhenEmpty();
                }));
  }

  private void await(WaitingReceive receive) {
    if (closing) {
      receive.begin(parts.loop(), each -> {});
      receive.end(isClosed());
      endWhenEmpty();
      return;
    }
    boolean news = shown.as() == null || !topics.containsKey(receive.request.topic());
    ReadTopic topic = topic(receive.request.topic(), receive.request.filter());
    topic.left = false;
    topic.usedAt = parts.alarms().now();
    if (!topic.isAskedBy(receive.request)) {
      // Those before it are over: a queue is read for one filter at a time.
      List.copyOf(topic.waiting).forEach(each -> each.end(List.of()));
      topic.filter = receive.request.filter();
      queues.of(topic.name).forEach(ReadQueue::readAgain);
      if (!topic.joined) {
        topic.shown = topic.filter;
        news = true;
      }
    }
    if (topic.ordered != receive.request.ordered()) {
      order(topic, receive.request.ordered());
    }
    topic.waiting.add(receive);
    receive.begin(parts.loop(), each -> ended(topic, each));
    if (receive.isOver()) {
      return;
    }
    receive.orElse(() -> reading.outages.of(topic, receive));
    parts.alarms().in(receive.waitNanos(), receive.timeOut);
    if (news) {
      shown.update(failure -> {});
    }
    reading.handOut.serve(topic);
    reading.pump();
    reading.outages.tell(topic, receive);
  }

  private void order(ReadTopic topic, boolean ordered) {
    topic.ordered = ordered;
    List<ReadQueue> its = queues.of(topic.name);
    its.forEach(queue -> queue.ordered = ordered);
    if (ordered) {
      queues.lock(its);
    }
  }

  private void ended(ReadTopic topic, WaitingReceive receive) {
    topic.waiting.remove(receive);
    topic.usedAt = parts.alarms().now();
    parts.alarms().cancel(receive.timeOut);
  }

  List<AckOutcome> ack(String topic, List<String> handles) {
    List<AckOutcome> outcomes = new ArrayList<>(handles.size());
    handles.forEach(handle -> outcomes.add(reading.handOut.ack(topic, handle)));
    return outcomes;
  }

  NewHandle change(String topic, String handle, Duration invisible) {
    return reading.handOut.change(topic, handle, invisible);
  }

  void join(Membership membership, Consumer<@Nullable GatewayException> told) {
    if (closing) {
      told.accept(isClosed());
      return;
    }
    ReadTopic topic = topic(membership.topic(), membership.filter());
    topic.joined = true;
    topic.left = false;
    topic.shown = membership.filter();
    shown.update(
        failure ->
            told.accept(
                failure == null ? null : parts.view().failure(failure, topic.name, parts.group())));
  }

  /** Those who received the topic are gone, unless somebody still does. */
  void leave(String name, boolean member, Runnable told) {
    ReadTopic topic = topics.get(name);
    if (topic == null) {
      shown.update(failure -> told.run());
      return;
    }
    if (member) {
      topic.joined = false;
    }
    topic.left = true;
    if (!topic.joined && topic.waiting.isEmpty() && !reading.isOut(name)) {
      release(topic, told);
    } else {
      parts.alarms().in(SOON_NANOS, look);
      told.run();
    }
  }

  /** Ends all receives, gives everything back, and leaves. */
  void close(Runnable done) {
    closing = true;
    closed = done;
    reading.rounds.end();
    reading.sendBacks.giveUp();
    for (ReadTopic topic : List.copyOf(topics.values())) {
      List.copyOf(topic.waiting).forEach(each -> each.end(isClosed()));
      release(topic, () -> {});
    }
    endWhenEmpty();
  }

  private static GatewayException isClosed() {
    return GatewayException.unavailable("upstream: closed", null);
  }

  // Topics.

  private ReadTopic topic(String name, Filter filter) {
    ReadTopic known = topics.get(name);
    if (known != null) {
      return known;
    }
    if (topics.isEmpty()) {
      parts.alarms().in(STORE_NANOS, store);
      parts.alarms().in(LOCK_NANOS, lock);
      parts.alarms().in(IDLE_NANOS, look);
    }
    ReadTopic topic = new ReadTopic(name, filter, parts.alarms().now());
    topics.put(name, topic);
    return topic;
  }

  /** Looks for topics that nobody wants any more. */
  private void look() {
    long now = parts.alarms().now();
    boolean again = false;
    for (ReadTopic topic : List.copyOf(topics.values())) {
      if (topic.joined || !topic.waiting.isEmpty()) {
        continue;
      }
      long unused = now - topic.usedAt;
      long kept =
          reading.isOut(topic.name) ? HOLDING_NANOS : topic.left ? LINGER_NANOS : IDLE_NANOS;
      if (unused > kept) {
        release(topic, () -> {});
      } else {
        again |= topic.left;
      }
    }
    if (!topics.isEmpty()) {
      parts.alarms().in(again ? SOON_NANOS : IDLE_NANOS / 4, look);
    }
  }

  /** Leaves the topic to other members, and the group with its last. */
  private void release(ReadTopic topic, Runnable told) {
    if (!topics.remove(topic.name, topic)) {
      told.run();
      return;
    }
    List<ReadQueue> its = new ArrayList<>(queues.of(topic.name));
    List<ReadQueue> retried = queues.of(parts.retryTopic());
    if (topics.isEmpty()) {
      its.addAll(retried);
    } else {
      retried.forEach(queue -> queue.withdraw(topic.name).forEach(reading.handOut::giveUnread));
    }
    busy++;
    queues.leave(
        its,
        () ->
            shown.update(
                failure -> {
                  busy--;
                  told.run();
                  endWhenEmpty();
                }));
  }

  private void endWhenEmpty() {
    if (over || !topics.isEmpty() || busy > 0 || shown.isBusy() || shown.as() != null) {
      return;
    }
    over = true;
    List.copyOf(queues.all()).forEach(ReadQueue::end);
    parts.alarms().close();
    whenOver.accept(this);
    Runnable done = closed;
    if (done != null) {
      done.run();
    }
  }

  // The queues.

  /** Brokers tell that members have come or gone. */
  void membersChanged() {
    reading.rounds.begin();
  }

  private void store() {
    queues.storeAll();
    if (!topics.isEmpty()) {
      parts.alarms().in(STORE_NANOS, store);
    }
  }

  private void lock() {
    queues.lock(queues.ordered());
    if (!topics.isEmpty()) {
      parts.alarms().in(LOCK_NANOS, lock);
    }
  }
}
