package dev.sluice.lifecycle;

import java.time.Duration;

/**
 * A resource's entry in the {@link Ledger}. Whoever owns the resource keeps this, usually in a
 * field of the resource itself, and closes it when the resource has been released. Safe for use by
 * any thread.
 */
public interface Tracked extends AutoCloseable {

  /**
   * Takes the entry out of the ledger. Idempotent: further calls count nothing.
   *
   * <p>A close that comes after the resource was collected takes the leak back: the virtual machine
   * may collect an object while its own close is still running. What {@link Ledger#reclaim} found
   * stays counted.
   */
  @Override
  void close();

  /** Whether the entry is in the ledger: neither closed nor found collected. */
  boolean isOpen();

  /** What it is. */
  String kind();

  /** Who opened it. */
  String owner();

  /** The time since it was opened. */
  Duration age();
}
