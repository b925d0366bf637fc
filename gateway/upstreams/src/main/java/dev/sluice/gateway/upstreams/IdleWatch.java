package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Finds out when something open has not been used for its idle time: looks several times in that
 * time, takes it away from users, and closes it a moment later if nobody came meanwhile. Uses are
 * marked by any thread; everything else belongs to one loop.
 */
final class IdleWatch {

  /** It is looked so many times in an idle time. */
  private static final int LOOKS = 4;

  /** How long after something stopped being handed out it is closed, if nobody came back. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /** What is watched. */
  interface Watched {
    /** From now on users find it, or have to ask the loop for it. */
    void handOut(boolean toUsers);

    /** Nobody has used it for its idle time. */
    void closeUnused();
  }

  private final Loop loop;
  private final Supplier<Duration> idleTime;
  private final BooleanSupplier inUse;
  private final Watched watched;
  private Cancellable timer = Cancellable.NONE;
  private int idleLooks;
  private volatile boolean used;

  /**
   * Watches nothing yet.
   *
   * @param inUse whether it is used at this moment, marked or not
   */
  IdleWatch(Loop loop, Supplier<Duration> idleTime, BooleanSupplier inUse, Watched watched) {
    this.loop = loop;
    this.idleTime = idleTime;
    this.inUse = inUse;
    this.watched = watched;
  }

  /** Users call this before they look whether they may have it: see {@link #closeUnlessUsed}. */
  void markUsed() {
    if (!used) {
      used = true;
    }
  }

  void begin() {
    used = true;
    idleLooks = 0;
    scheduleLook();
  }

  void end() {
    timer.cancel();
  }

  private void scheduleLook() {
    timer = loop.schedule(this::look, idleTime.get().dividedBy(LOOKS));
  }

  private void look() {
    if (used || inUse.getAsBoolean()) {
      used = false;
      idleLooks = 0;
      // Also where it was about to be closed.
      watched.handOut(true);
      scheduleLook();
    } else if (++idleLooks < LOOKS) {
      scheduleLook();
    } else {
      watched.handOut(false);
      timer = loop.schedule(this::closeUnlessUsed, GRACE);
    }
  }

  /**
   * Users mark before they look, so whoever found it before it was taken away from them is seen
   * here.
   */
  private void closeUnlessUsed() {
    if (used || inUse.getAsBoolean()) {
      look();
    } else {
      watched.closeUnused();
    }
  }
}
