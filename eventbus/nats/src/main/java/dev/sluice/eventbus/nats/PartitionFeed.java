package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.dispatch.Flow;
import dev.sluice.eventbus.dispatch.FlowOwner;
import dev.sluice.eventbus.dispatch.Item;
import dev.sluice.eventbus.dispatch.Resolution;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.lifecycle.Clock;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition that this member has, for one epoch: from being given it until it is taken away.
 * While somebody handles its topic and there is a connection, a {@link PullLoop} feeds a flow.
 *
 * <p>All may be called on any thread; nothing blocks.
 */
final class PartitionFeed {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionFeed.class);
  private static final Duration RETRY = Duration.ofMillis(200);

  private final Part part;
  private final long epoch;
  private final Shared shared;
  private final SerialTasks tasks;
  // Replaced as a whole, so that taking away is seen at once, also while a task runs.
  private final AtomicReference<Handing> handing;
  private volatile boolean quiet;
  private volatile boolean leaving;
  private volatile long leaveUntil;
  private volatile long backlog = -1;

  // All below belong to the tasks.
  private @Nullable Session session;
  private Reading reading = new Reading.None();
  private int consumers; // that were made, or may have been

  PartitionFeed(Part part, long epoch, long committed, Shared shared) {
    this.part = part;
    this.epoch = epoch;
    this.shared = shared;
    this.tasks = SerialTasks.onCallers(shared.threads());
    this.handing = new AtomicReference<>(new Handing.Held(committed));
  }

  /** What all feeds of a transport use. */
  record Shared(
      NatsNames names,
      FeedConsumers consumers,
      NatsThreads threads,
      Duration ackWait,
      Clock clock,
      Runnable wake) {}

  /** Where messages come from. */
  private sealed interface Reading {
    /** Nowhere. */
    record None() implements Reading {}

    /** A consumer is being made. */
    record Opening() implements Reading {}

    /** A consumer. */
    record From(PullLoop loop) implements Reading {}
  }

  private Handing handing() {
    return Objects.requireNonNull(handing.get());
  }

  Part part() {
    return part;
  }

  long epoch() {
    return epoch;
  }

  void online(Session next) {
    tasks.run(
        () -> {
          session = next;
          stopReading();
          proceed();
        });
  }

  void offline(Session ended) {
    tasks.run(
        () -> {
          if (session == ended) {
            session = null;
            stopReading();
          }
        });
  }

  void attach(Intake intake) {
    handing.updateAndGet(
        now ->
            now instanceof Handing.Held held ? new Handing.Attached(intake, held.position()) : now);
    quiet = false;
    tasks.run(this::proceed);
  }

  /** Takes nothing more; what was taken goes on. */
  void quiesce() {
    quiet = true;
  }

  /**
   * Takes nothing more, to be taken away when what was taken is resolved.
   *
   * @param until when it is taken away all the same
   */
  void leave(long until) {
    leaveUntil = until;
    leaving = true;
  }

  /** Whether it is being given up. */
  boolean isLeaving() {
    return leaving;
  }

  /** Whether it may be taken away: nothing is under way any more, or it had its time. */
  boolean isReadyToLeave(long now) {
    boolean drained =
        !(handing() instanceof Handing.Flowing flowing) || flowing.flow().unresolved() == 0;
    return leaving && (drained || now - leaveUntil >= 0);
  }

  /** Ends the flow at once, and holds the partition from where it was. */
  void detach() {
    end(Handing.Held::new);
  }

  /**
   * Ends the flow at once, and everything with it.
   *
   * @return the first sequence that is not resolved; 0 if that is not known
   */
  long revoke() {
    return end(Handing.Gone::new);
  }

  private interface Ending {
    Handing at(long position);
  }

  private long end(Ending ending) {
    while (true) {
      Handing now = handing();
      if (now instanceof Handing.Gone gone) {
        return gone.position();
      }
      long position = now.position();
      if (now instanceof Handing.Flowing flowing) {
        // Before it is read how far it is: nothing is resolved afterwards.
        position = Math.max(flowing.from(), flowing.flow().revoke());
      }
      if (handing.compareAndSet(now, ending.at(position))) {
        tasks.run(this::stopReading);
        return position;
      }
    }
  }

  /** The first sequence that is not resolved; 0 if that is not known. */
  long position() {
    return handing().position();
  }

  /** Now and then: keeps from coming again what is being handled, and asks anew what got lost. */
  void tick(long now) {
    tasks.run(
        () -> {
          if (reading instanceof Reading.From from) {
            from.loop().tick(now);
            pump();
          }
        });
  }

  PartitionStatus status() {
    Handing now = handing();
    long position = now.position();
    long behind = backlog;
    int unresolved = now instanceof Handing.Flowing flowing ? flowing.flow().unresolved() : 0;
    return new PartitionStatus(
        part.topic(),
        part.partition(),
        !(now instanceof Handing.Flowing),
        position > 0 ? OptionalLong.of(position) : OptionalLong.empty(),
        behind >= 0 ? OptionalLong.of(behind + unresolved) : OptionalLong.empty());
  }

  private void stopReading() {
    if (reading instanceof Reading.From from) {
      from.loop().stop();
    }
    // One that is being opened finds out when it is.
    reading = new Reading.None();
    backlog = -1;
  }

  /** Opens a consumer if there is everything for it and none yet. */
  private void proceed() {
    Session over = session;
    Handing now = handing();
    boolean wanted = now instanceof Handing.Attached || now instanceof Handing.Flowing;
    if (over == null || !wanted || !(reading instanceof Reading.None) || leaving) {
      return;
    }
    Reading opening = new Reading.Opening();
    reading = opening;
    long position = now.position();
    int again = consumers;
    shared
        .threads()
        .runSoon(
            () -> {
              try {
                long from =
                    again == 0
                        ? shared.consumers().take(over.management(), part, epoch, position)
                        : shared
                            .consumers()
                            .takeAgain(over.management(), part, epoch, again, position);
                tasks.run(() -> opened(opening, over, again, position, from));
              } catch (IOException | JetStreamApiException | RuntimeException e) {
                tasks.run(() -> failed(opening, over, e));
              }
            });
  }

  @SuppressWarnings("ReferenceEquality") // which opening it was
  private void failed(Reading opening, Session over, Exception failure) {
    if (reading != opening) {
      return;
    }
    if (over.isUp()) {
      LOG.warn("{}: no consumer in epoch {}, trying again: {}", part, epoch, failure.toString());
    }
    shared
        .threads()
        .later(
            () ->
                tasks.run(
                    () -> {
                      if (reading == opening) {
                        reading = new Reading.None();
                        proceed();
                      }
                    }),
            RETRY);
  }

  @SuppressWarnings("ReferenceEquality") // which opening it was
  private void opened(Reading opening, Session over, int again, long asked, long from) {
    consumers = again + 1;
    if (reading != opening) {
      proceed();
      return;
    }
    reading = new Reading.None();
    if (from < asked && handing() instanceof Handing.Flowing before) {
      // Another stream of that name, whose sequences have nothing to do with those before.
      before.flow().revoke();
      handing.compareAndSet(before, new Handing.Attached(before.intake(), from));
    }
    Handing.Flowing flowing =
        switch (handing()) {
          case Handing.Attached attached -> begin(attached, from);
          case Handing.Flowing before -> before;
          case Handing.Held held -> null;
          case Handing.Gone gone -> null;
        };
    if (flowing == null) {
      proceed();
      return;
    }
    PullLoop loop =
        new PullLoop(
            part,
            shared.names().stream(part.topic()),
            shared.names().consumer(part, epoch, again),
            over,
            flowing.taken(),
            shared.ackWait(),
            shared.clock().nanoTime());
    if (loop.start(message -> tasks.run(() -> received(loop, message)))) {
      reading = new Reading.From(loop);
      pump();
    }
    // Otherwise the session is over; the next one comes.
  }

  /** Opens the flow; null if the partition was detached or taken away meanwhile. */
  private Handing.@Nullable Flowing begin(Handing.Attached attached, long from) {
    Taken nothing = new Taken();
    Owner owner = new Owner(nothing);
    Flow<InboundMessage> flow = attached.intake().open(part.partition(), owner);
    Handing.Flowing flowing = new Handing.Flowing(attached.intake(), flow, nothing, from);
    if (handing.compareAndSet(attached, flowing)) {
      return flowing;
    }
    flow.revoke();
    return null;
  }

  private void received(PullLoop loop, Message message) {
    if (!isReadFrom(loop)) {
      return;
    }
    String wrong = loop.received(message, shared.clock().nanoTime());
    if (wrong == null) {
      backlog = loop.backlog();
      pump();
      return;
    }
    LOG.info("{}: reads again from {} in epoch {}: {}", part, position(), epoch, wrong);
    stopReading();
    // If it was somebody else who took the consumer away, the partition may be gone.
    shared.wake().run();
    shared.threads().later(() -> tasks.run(this::proceed), RETRY);
  }

  /** Offers what has come, and asks for more when all was taken. */
  private void pump() {
    if (!(reading instanceof Reading.From from)
        || !(handing() instanceof Handing.Flowing flowing)
        || quiet
        || leaving) {
      return;
    }
    PullLoop loop = from.loop();
    for (Delivery next = loop.first(); next != null; next = loop.first()) {
      InboundMessage message = next.message;
      Item<InboundMessage> item = new Item<>(next.sequence, message.key(), message.size(), message);
      if (!flowing.flow().offer(item)) {
        return; // Told when there is room.
      }
      loop.tookFirst();
    }
    loop.pull(shared.clock().nanoTime());
  }

  private boolean isReadFrom(PullLoop loop) {
    return reading instanceof Reading.From from && from.loop() == loop;
  }

  /** Told by the flow, until that is revoked. */
  private final class Owner implements FlowOwner<InboundMessage> {
    private final Taken taken;

    Owner(Taken taken) {
      this.taken = taken;
    }

    @Override
    public void onRoom() {
      tasks.run(PartitionFeed.this::pump);
    }

    @Override
    public void onResolved(Item<InboundMessage> item, Resolution resolution) {
      tasks.run(() -> resolved(item.offset()));
    }

    private void resolved(long sequence) {
      Delivery delivery = taken.resolve(sequence);
      if (delivery != null && reading instanceof Reading.From from && from.loop().isOf(taken)) {
        from.loop().acknowledge(delivery);
      }
      if (leaving && taken.unresolved().isEmpty()) {
        shared.wake().run();
      }
    }
  }
}
