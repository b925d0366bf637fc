package dev.sluice.gateway.bench;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection's part of the load. Everything happens on the connection's event loop; what comes
 * from elsewhere goes there first. A message holds one of the lane's places from its begin until
 * all that is waited for has come; what is due while there is no place waits, and stays due.
 */
final class Lane {
  /** How many begin before the loop may do something else. */
  private static final int BURST = 64;

  /** How late what is due before the end may still begin: a loop that is busy is no overload. */
  private static final long GRACE = TimeUnit.MILLISECONDS.toNanos(100);

  /** A refusal that comes at once must not turn the loop into a busy one. */
  private static final long LONGEST_PAUSE_MILLIS = 5;

  /** Begins to send a message. */
  @FunctionalInterface
  interface Sending {
    /** Exactly one of the answer's methods is called for it, by any thread. */
    void send(long sequence, Answer answer);
  }

  /** What a sender learns. */
  interface Answer {
    void stored();

    void refused(String code, String message);
  }

  private final EventLoop loop;
  private final Sending sending;
  private final Pacing pacing;
  private final Window window;
  private final Recordings recordings;
  private final boolean receives;
  private final Flights flights;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private @Nullable ScheduledFuture<?> waking;
  private boolean pumping;
  private boolean over;
  private boolean closed;

  /**
   * A lane that has not begun.
   *
   * @param most how many messages may be under way
   * @param receives whether a message has to be delivered too
   */
  Lane(
      EventLoop loop,
      Sending sending,
      Pacing pacing,
      Window window,
      Recordings recordings,
      int most,
      boolean receives) {
    this.loop = loop;
    this.sending = sending;
    this.pacing = pacing;
    this.window = window;
    this.recordings = recordings;
    this.receives = receives;
    this.flights = new Flights(most);
  }

  /** Begins, or looks again whether it is over. For any thread. */
  void look() {
    loop.execute(this::pump);
  }

  /** Done when the lane is over and nothing is under way. */
  CompletionStage<Void> ended() {
    return ended.minimalCompletionStage();
  }

  /**
   * Ends it whatever is under way, which has failed. Done when it has been counted. For any thread.
   */
  CompletionStage<Void> close() {
    return CompletableFuture.runAsync(this::abandon, loop);
  }

  private void pump() {
    if (pumping || closed) {
      return;
    }
    pumping = true;
    try {
      stopWaking();
      beginWhatIsDue();
    } finally {
      pumping = false;
    }
    if (over && flights.underWay() == 0) {
      ended.complete(null);
    }
  }

  private void beginWhatIsDue() {
    int begun = 0;
    while (!over && flights.hasRoom()) {
      long now = System.nanoTime();
      long end = window.end();
      long due = pacing.due(now);
      if (due - now > 0 && end - now > 0) {
        wakeIn(Math.min(due - now, end - now));
        return;
      }
      if (begun == BURST) {
        loop.execute(this::pump);
        return;
      }
      if (now - end >= GRACE || !window.admits(due)) {
        over = true;
        return;
      }
      begun++;
      pacing.begun();
      begin(due, now);
    }
  }

  private void begin(long due, long now) {
    recordings.begun(due, now);
    Flight flight = flights.begin(due);
    long sequence = flight.sequence();
    sending.send(
        sequence,
        new Answer() {
          @Override
          public void stored() {
            long at = System.nanoTime();
            onLoop(() -> Lane.this.stored(sequence, at));
          }

          @Override
          public void refused(String code, String message) {
            onLoop(() -> failed(sequence, code, message));
          }
        });
  }

  /** A consumer got this message. For any thread. */
  void delivered(long sequence, long at) {
    onLoop(
        () -> {
          Flight flight = flights.find(sequence);
          if (flight == null) {
            recordings.repeated();
            return;
          }
          switch (flight.state()) {
            case SENT -> {
              flight.become(Flight.State.DELIVERED);
              recordings.delivered(flight.due(), at);
            }
            case STORED -> {
              recordings.delivered(flight.due(), at);
              complete(flight, at);
            }
            // Again, or although its sender was told of a failure.
            case ENDED, DELIVERED, FAILED -> recordings.repeated();
          }
        });
  }

  private void stored(long sequence, long at) {
    Flight flight = flights.find(sequence);
    if (flight == null) {
      return;
    }
    recordings.stored(flight.due(), at);
    if (receives && flight.state() == Flight.State.SENT) {
      flight.become(Flight.State.STORED);
    } else {
      complete(flight, at);
    }
  }

  private void complete(Flight flight, long at) {
    recordings.finished(flight.due(), at);
    flights.end(flight);
    pump();
  }

  private void failed(long sequence, String code, String message) {
    Flight flight = flights.find(sequence);
    if (flight == null) {
      return;
    }
    recordings.failed(flight.due(), "send", code, message);
    flight.become(Flight.State.FAILED);
    long pause = ThreadLocalRandom.current().nextLong(1, LONGEST_PAUSE_MILLIS + 1);
    var _ = loop.schedule(() -> giveUp(sequence), pause, TimeUnit.MILLISECONDS);
  }

  private void giveUp(long sequence) {
    Flight flight = flights.find(sequence);
    if (flight != null) {
      flights.end(flight);
      pump();
    }
  }

  private void abandon() {
    closed = true;
    over = true;
    stopWaking();
    flights.endAll(this::abandon);
    long end = window.end();
    pacing.missed(end, (due, count) -> recordings.unsent(due, end, window.take(count)));
    ended.complete(null);
  }

  private void abandon(Flight flight) {
    switch (flight.state()) {
      case SENT, DELIVERED ->
          recordings.failed(flight.due(), "send", "NO_ANSWER", "no answer before the end");
      case STORED ->
          recordings.failed(flight.due(), "receive", "NOT_DELIVERED", "not there before the end");
      case FAILED, ENDED -> {
        // Counted already.
      }
    }
  }

  private void wakeIn(long nanos) {
    waking = loop.schedule(this::pump, nanos, TimeUnit.NANOSECONDS);
  }

  private void stopWaking() {
    ScheduledFuture<?> waits = waking;
    if (waits != null) {
      waits.cancel(false);
      waking = null;
    }
  }

  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }
}
