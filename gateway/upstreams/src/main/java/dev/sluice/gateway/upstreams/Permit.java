package dev.sluice.gateway.upstreams;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to have one of something; whoever took it gives it back once. Safe for use by any
 * thread.
 */
public final class Permit implements AutoCloseable {

  /** Of what is not limited. */
  public static final Permit NONE = new Permit(() -> {});

  private final Runnable back;
  private final AtomicBoolean held = new AtomicBoolean(true);

  Permit(Runnable back) {
    this.back = back;
  }

  /** Both in one. */
  public Permit and(Permit other) {
    if (equals(NONE) || other.equals(NONE)) {
      return equals(NONE) ? other : this;
    }
    return new Permit(
        () -> {
          close();
          other.close();
        });
  }

  /** Gives it back. Idempotent. */
  @Override
  public void close() {
    if (held.compareAndSet(true, false)) {
      back.run();
    }
  }
}
