package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A queue that is this member's share, with what was read of it and is not resolved: the group has
 * consumed all before the first of these. Belongs to its group's loop.
 */
final class ReadQueue {

  /** How many of a retry topic wait for readers of other topics. */
  private static final int MOST_READY_RETRIED = 4 * QueueReading.BATCH;

  /**
   * How far it is read beyond the first message that is not resolved. All of that comes again when
   * this process dies, so that one message which takes long must not have too much behind it.
   */
  static final long SPAN = 2000;

  /** Where that many are held it is read so many times as far: many readers are not one message. */
  private static final long SPAN_OF_HELD = 4;

  private final GroupParts parts;
  private final Readers readers;
  private final QueueReading reading;
  private final MessageQueue id;
  private final boolean retried;
  private final TreeMap<Long, Held> unresolved = new TreeMap<>();
  private final ArrayDeque<Held> ready = new ArrayDeque<>();

  /** Of those that are read again though callers had them: how often; bounded with those. */
  private final Map<Long, Integer> shownBefore = new HashMap<>();

  /** What comes before was with callers, or passed over on their behalf. */
  private long handedOut;

  /** Whether something else is asked for than what callers have was read for. */
  private boolean changed;

  private TopicQueue where;
  private int out;
  private boolean anyExpired;
  private boolean ending;
  private boolean over;

  /** Whether it is handed out in order, and so while nothing of it is out and it is locked. */
  boolean ordered;

  private boolean wasLocked;
  private long lockedUntil;

  /** The offset that the broker has; -1 for none known. */
  long stored = -1;

  ReadQueue(GroupParts parts, Readers readers, MessageQueue id, TopicQueue where) {
    this.parts = parts;
    this.readers = readers;
    this.id = id;
    this.where = where;
    this.retried = id.topic().equals(parts.retryTopic());
    this.lockedUntil = parts.alarms().now();
    this.reading = new QueueReading(parts, readers, this);
  }

  MessageQueue id() {
    return id;
  }

  boolean isRetried() {
    return retried;
  }

  TopicQueue where() {
    return where;
  }

  /** Its broker may have moved. */
  void isAt(TopicQueue place) {
    where = place;
  }

  /**
   * Its broker has answered for whom it is locked. Where it was this member's before and is not any
   * more, or was not for a while, another member may have consumed it: it is started again.
   *
   * @param until how long the lock may be relied on
   */
  void locked(boolean own, long until) {
    if (over) {
      return;
    }
    reading.failedElsewhere(null);
    if (wasLocked && !(own && isLocked())) {
      clear();
      reading.startAgain();
    }
    wasLocked = own;
    lockedUntil = own ? until : parts.alarms().now();
    pump();
  }

  /** Its broker could not be asked whether this member may have it. */
  void notLocked(ClientException why) {
    if (!over && !isLocked()) {
      reading.failedElsewhere(why);
    }
  }

  boolean isLocked() {
    return parts.alarms().now() - lockedUntil < 0;
  }

  /** Whether callers have anything of it. */
  boolean isOut() {
    return out > 0;
  }

  // Reading.

  /** Reads on, where somebody asks for more than there is. */
  void pump() {
    reading.pump();
  }

  /** Why it could not be read when that was tried last; null where it was, or was not tried. */
  @Nullable ClientException failure() {
    return isSpanFull() || (ordered && out > 0) ? null : reading.failure();
  }

  /** Whether it could not be read, and will be tried again in a while and not before. */
  boolean isAway() {
    return reading.isAway();
  }

  /** Whether more may be read: what is ready was served, and is what nobody waits for. */
  boolean hasRoom() {
    return isOpen()
        && (retried ? ready.size() < MOST_READY_RETRIED : ready.isEmpty())
        && !isSpanFull();
  }

  private boolean isSpanFull() {
    return !unresolved.isEmpty()
        && reading.next() - unresolved.firstKey()
            >= Math.max(SPAN, SPAN_OF_HELD * unresolved.size());
  }

  /** Whether anything is handed out now. */
  private boolean isOpen() {
    return !over && !ending && !(ordered && (out > 0 || !isLocked()));
  }

  /** Keeps those of the messages that were asked for and are not here already. */
  void keep(Filter filter, List<StoredMessage> messages) {
    List<Held> unread = new ArrayList<>(0);
    for (StoredMessage message : messages) {
      String topic = retried ? readers.topicOf(message) : id.topic();
      if (unresolved.containsKey(message.queueOffset())
          || (!retried && !parts.view().isWanted(filter, message.property(PropertyNames.TAGS)))) {
        continue;
      }
      Integer attempt = shownBefore.remove(message.queueOffset());
      if (attempt == null && message.queueOffset() < handedOut) {
        continue;
      }
      Held held = new Held(this, topic, message);
      if (attempt != null) {
        held.attempt = attempt;
      }
      unresolved.put(held.offset, held);
      if (readers.knows(topic)) {
        ready.add(held);
      } else {
        unread.add(held);
      }
    }
    unread.forEach(readers::unread);
  }

  /** Offers what is ready. */
  void serve() {
    if (!ready.isEmpty()) {
      readers.ready(this);
    }
  }

  /**
   * What is asked for has changed: what was read for it and is not handed out is read again. What
   * is shown again in its place may have others behind it that are resolved, which are not.
   */
  void readAgain() {
    shownBefore.keySet().removeIf(offset -> offset < reading.next());
    for (Held held : ready) {
      if (held.offset < handedOut) {
        shownBefore.put(held.offset, held.attempt);
      }
    }
    Held first = ready.peekFirst();
    reading.from(first == null ? Long.MAX_VALUE : first.offset);
    List.copyOf(ready).forEach(this::drop);
    ready.clear();
    changed = !unresolved.isEmpty();
  }

  // Handing out.

  /** Takes ready messages of a topic, up to so many, in their order. */
  List<Held> take(String topic, int most) {
    if (ready.isEmpty() || !isOpen()) {
      return List.of();
    }
    List<Held> taken = new ArrayList<>(Math.min(most, ready.size()));
    for (Iterator<Held> each = ready.iterator(); each.hasNext() && taken.size() < most; ) {
      Held held = each.next();
      if (held.topic.equals(topic)) {
        each.remove();
        taken.add(held);
      }
    }
    for (Held held : taken) {
      held.state = Held.State.OUT;
      handedOut = Math.max(handedOut, held.offset + 1);
      out++;
      parts.held().add(1);
    }
    return taken;
  }

  /** The delivery that a handle names, or null where it is over or goes by another handle now. */
  @Nullable Held out(ClassicHandle handle) {
    Held held = unresolved.get(handle.offset());
    return held != null && held.state == Held.State.OUT && held.number == handle.number()
        ? held
        : null;
  }

  /** Its time is over, if a caller has it. */
  void due(Held held) {
    if (held.state != Held.State.OUT) {
      readers.expired(held);
      return;
    }
    if (ordered && !retried) {
      notOut(held, Held.State.EXPIRED);
      anyExpired = true;
      settled();
    } else {
      notOut(held, Held.State.GOING_BACK);
      readers.expired(held);
      settled();
    }
  }

  /** It is dealt with, and does not come again from this queue. */
  void resolve(Held held) {
    boolean wasFull = isSpanFull();
    notOut(held, Held.State.OVER);
    unresolved.remove(held.offset, held);
    held.message = null;
    settled();
    if (wasFull) {
      pump();
    }
  }

  private void notOut(Held held, Held.State to) {
    parts.alarms().cancel(held.alarm);
    if (held.state == Held.State.OUT) {
      out--;
      parts.held().remove(1);
    }
    held.state = to;
  }

  private void settled() {
    if (out > 0 || over) {
      return;
    }
    if (ending) {
      readers.quiet(this);
      return;
    }
    if (anyExpired) {
      anyExpired = false;
      showAgain();
      if (changed) {
        readAgain();
      }
    }
    if (ordered) {
      serve();
      pump();
    }
  }

  /** What callers did not resolve in time is first again. */
  private void showAgain() {
    List<Held> back =
        unresolved.values().stream().filter(held -> held.state == Held.State.EXPIRED).toList();
    for (Held held : back.reversed()) {
      held.state = Held.State.READY;
      held.attempt = held.attempt == Integer.MAX_VALUE ? held.attempt : held.attempt + 1;
      ready.addFirst(held);
    }
  }

  // Ending.

  /** How far the group is; -1 where that is not known. */
  long consumed() {
    return unresolved.isEmpty() ? reading.next() : unresolved.firstKey();
  }

  /** Those that callers have. */
  List<Held> allOut() {
    return unresolved.values().stream().filter(held -> held.state == Held.State.OUT).toList();
  }

  /** Takes a message back from its caller, to be given to its broker. */
  void takeBack(Held held) {
    notOut(held, Held.State.GOING_BACK);
    held.message = null;
  }

  /** Ready messages of a topic, which are not handed out any more. */
  List<Held> withdraw(String topic) {
    List<Held> of = ready.stream().filter(held -> held.topic.equals(topic)).toList();
    ready.removeAll(of);
    return of;
  }

  /** Hands out nothing more; what callers have still counts. */
  void ending() {
    ending = true;
    ready.clear();
  }

  boolean isEnding() {
    return ending;
  }

  /** Nothing of it counts any more. */
  void end() {
    over = true;
    reading.end();
    clear();
  }

  boolean isOver() {
    return over;
  }

  /** Forgets what was read. */
  void clear() {
    handedOut = 0;
    shownBefore.clear();
    ready.clear();
    List.copyOf(unresolved.values()).forEach(this::drop);
  }

  private void drop(Held held) {
    notOut(held, Held.State.OVER);
    held.message = null;
    unresolved.remove(held.offset, held);
  }
}
