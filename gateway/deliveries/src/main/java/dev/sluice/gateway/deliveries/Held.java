package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that this instance handed out and renews, or alone can act on; without its body.
 * Belongs to one {@link HoldLoop}, which alone touches it.
 */
final class Held extends HoldLink {

  /** Where it stands. */
  enum State {
    /** Renewed until it is acknowledged or its hold ends. */
    HELD,
    /**
     * Its holder is gone or had it for too long, or its user renews it; still acknowledged until it
     * comes again.
     */
    RETURNED,
    /** It comes again, or another handle took its place. Remembered to tell its handle's users. */
    OVER
  }

  final long id;
  final SharedUpstream shared;
  final String topic;
  final String group;
  final int bytes;
  final QueueId queue;

  /** Whether nobody but this instance can act on its handle, and its upstream stays open for it. */
  final boolean local;

  State state = State.HELD;
  Holder holder;

  /** The backend's newest. */
  String handle;

  /** When it comes again, on the monotonic clock. */
  long visibleAgainNanos;

  /** When its hold ends, on the monotonic clock. */
  long holdEndNanos;

  /** Until when its sealed handle could be used anywhere, on the monotonic clock. */
  long validUntilNanos;

  /** Whether a change of its handle is under way. */
  boolean changing;

  /** Whether an acknowledgement is under way. */
  boolean acking;

  /** What waits for either. */
  List<Completion<AckOutcome>> waiting = List.of();

  /** Whether it is to be handed back once what is under way has ended. */
  boolean returnWanted;

  /** Whether the message system has confirmed an acknowledgement. */
  boolean acknowledged;

  /** Whether {@link HoldLoop} counts it as not handed back yet. */
  boolean returnCounted;

  /** What its user asked for while something was under way. */
  @Nullable Runnable deferred;

  /** When something is to be done about it, on the monotonic clock. */
  long dueNanos;

  Held(
      long id,
      SharedUpstream shared,
      String topic,
      String group,
      int bytes,
      QueueId queue,
      Holder holder,
      String handle,
      boolean local) {
    this.id = id;
    this.shared = shared;
    this.topic = topic;
    this.group = group;
    this.bytes = bytes;
    this.queue = queue;
    this.holder = holder;
    this.handle = handle;
    this.local = local;
  }

  void await(Completion<AckOutcome> completion) {
    if (waiting.isEmpty()) {
      waiting = new ArrayList<>(1);
    }
    waiting.add(completion);
  }

  List<Completion<AckOutcome>> takeWaiting() {
    List<Completion<AckOutcome>> taken = waiting;
    waiting = List.of();
    return taken;
  }
}
