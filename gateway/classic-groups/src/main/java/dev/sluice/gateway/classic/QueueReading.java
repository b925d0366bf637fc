package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.requests.PullReply;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one queue, as far as somebody asks for more than there is: one pull at a time, which waits
 * at the broker where the queue ends. Belongs to its group's loop.
 */
final class QueueReading {
  private static final Logger log = LoggerFactory.getLogger(QueueReading.class);

  /** How many messages one pull asks for at most. */
  static final int BATCH = 32;

  private static final long WAIT_MILLIS = 15_000;
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Pulls whose answers nobody wants any more, which brokers keep for a while. */
  private static final int MOST_OUTDATED = 4;

  private final GroupParts parts;
  private final Readers readers;
  private final ReadQueue queue;
  private final Alarms.Alarm again = new Alarms.Alarm(this::pump);
  private long next = -1;
  private @Nullable Pull pull;
  private boolean starting;
  private int outdated;
  private long pause = SHORT_NANOS;
  private @Nullable ClientException failure;
  private boolean over;

  QueueReading(GroupParts parts, Readers readers, ReadQueue queue) {
    this.parts = parts;
    this.readers = readers;
    this.queue = queue;
  }

  /** A pull under way; its answer counts while it is the newest one. */
  private final class Pull {
    private final long from = next;
    private final Filter filter;
    private final long began = parts.alarms().now();

    Pull(Filter filter) {
      this.filter = filter;
    }

    void send(int most) {
      parts
          .client()
          .pulling()
          .pull(
              parts.group(),
              queue.where(),
              from,
              most,
              // Whether a broker is there again is to be known soon.
              failure == null ? WAIT_MILLIS : 0,
              parts.view().filter(filter),
              Answer.of(
                  reply -> {
                    if (isNewest()) {
                      answered(this, reply);
                    }
                  },
                  failure -> {
                    if (isNewest()) {
                      failed(failure);
                    }
                  }));
    }

    private boolean isNewest() {
      if (pull == this) {
        pull = null;
        return !over;
      }
      outdated--;
      pump();
      return false;
    }

    /** A broker that answers at once that there is nothing is not asked all the time. */
    boolean wasBusy(long to) {
      return to == from && parts.alarms().now() - began < SHORT_NANOS;
    }
  }

  /** The offset of what is read next; -1 where that is not known. */
  long next() {
    return next;
  }

  /** Why it could not be read when that was tried last; null where it was, or was not tried. */
  @Nullable ClientException failure() {
    return failure;
  }

  /** Whether it could not be read, and will be tried again in a while and not before. */
  boolean isAway() {
    return failure != null && again.isSet();
  }

  /** It cannot be read for a reason that lies elsewhere, or where null, that is over. */
  void failedElsewhere(@Nullable ClientException why) {
    failure = why;
  }

  /** Reads on, where somebody asks for more than there is. */
  void pump() {
    if (over || pull != null || starting || again.isSet() || outdated >= MOST_OUTDATED) {
      return;
    }
    int most = queue.hasRoom() ? Math.min(BATCH, readers.demand(queue)) : 0;
    if (most <= 0) {
      return;
    }
    if (next < 0) {
      begin();
      return;
    }
    Pull one = new Pull(queue.isRetried() ? Filter.ALL : readers.filter(queue));
    pull = one;
    one.send(most);
  }

  /** Finds where the group is. What has no offset came to the group later, and is read whole. */
  private void begin() {
    starting = true;
    Offsets offsets = parts.client().offsets();
    offsets.committed(
        parts.group(),
        queue.where(),
        Answer.of(
            offset -> {
              if (offset == Offsets.NONE) {
                offsets.min(queue.where(), Answer.of(this::began, this::notBegun));
              } else {
                queue.stored = offset;
                began(offset);
              }
            },
            this::notBegun));
  }

  private void began(long offset) {
    starting = false;
    if (!over) {
      next = offset;
      pause = SHORT_NANOS;
      failure = null;
      pump();
    }
  }

  private void notBegun(ClientException failure) {
    starting = false;
    if (!over) {
      failed(failure);
    }
  }

  private void failed(ClientException why) {
    failure = why;
    if (pause == SHORT_NANOS) {
      log.warn(
          "{} cannot be read for group {} now: {}", queue.id(), parts.group(), why.getMessage());
    }
    parts.alarms().in(pause, again);
    pause = Math.min(2 * pause, LONG_NANOS);
    readers.failed(queue, why);
  }

  private void answered(Pull one, PullReply reply) {
    pause = SHORT_NANOS;
    failure = null;
    if (readers.demand(queue) == 0 && !one.filter.equals(Filter.ALL)) {
      // What it passed over is not passed over on anybody's behalf: it is read again.
      return;
    }
    long to = reply.nextOffset();
    switch (reply.status()) {
      case FOUND -> {
        next = to;
        queue.keep(one.filter, reply.messages());
      }
      case NOT_FOUND, NONE_MATCHED -> next = to;
      case OUT_OF_RANGE -> {
        log.warn(
            "{} has no offset {} for group {}: on to {}", queue.id(), one.from, parts.group(), to);
        queue.clear();
        queue.stored = -1;
        next = to;
      }
    }
    if (one.wasBusy(to)) {
      parts.alarms().in(SHORT_NANOS, again);
    }
    queue.serve();
    pump();
  }

  /** Reads again from here on, or from where it is where that is before: nobody has what comes. */
  void from(long offset) {
    outdate();
    if (next >= 0) {
      next = Math.min(next, offset);
    }
  }

  /** Finds anew where the group is. */
  void startAgain() {
    outdate();
    next = -1;
    queue.stored = -1;
  }

  private void outdate() {
    if (pull != null) {
      pull = null;
      outdated++;
    }
  }

  /** Reads nothing more; what is under way goes nowhere. */
  void end() {
    over = true;
    pull = null;
    parts.alarms().cancel(again);
  }
}
