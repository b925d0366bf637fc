package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.GatewayException;
import java.util.concurrent.atomic.AtomicInteger;

/** How many of something may be had at once. Safe for use by any thread. */
public final class Quota {

  /** Any number. */
  public static final Quota UNLIMITED = new Quota("", Integer.MAX_VALUE, "");

  private final String what;
  private final String setBy;
  private final AtomicInteger taken = new AtomicInteger();
  private volatile int maximum;

  private Quota(String what, int maximum, String setBy) {
    this.what = what;
    this.maximum = maximum;
    this.setBy = setBy;
  }

  /**
   * So many at once.
   *
   * @param what in the plural, with whose they are
   * @param maximum at least 1
   * @param setBy what sets the maximum
   */
  public static Quota of(String what, int maximum, String setBy) {
    return new Quota(what, maximum, setBy);
  }

  /**
   * So many at once, which nothing sets.
   *
   * @param what in the plural, with whose they are
   * @param maximum at least 1
   */
  public static Quota fixed(String what, int maximum) {
    return new Quota(what, maximum, "");
  }

  /** Another maximum from now on; what was taken stays taken. */
  public void change(int other) {
    maximum = other;
  }

  /** How many are taken now. */
  public int taken() {
    return taken.get();
  }

  /**
   * Takes one more.
   *
   * @throws GatewayException with {@code OVERLOADED} where there are as many as may be
   */
  public Permit take() {
    if (equals(UNLIMITED)) {
      return Permit.NONE;
    }
    if (taken.incrementAndGet() > maximum) {
      taken.decrementAndGet();
      throw GatewayException.overloaded(
          what
              + ": more than "
              + maximum
              + " (the most allowed"
              + (setBy.isEmpty() ? ")" : "; " + setBy + " sets it)"));
    }
    return new Permit(taken::decrementAndGet);
  }
}
