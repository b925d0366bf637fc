package dev.sluice.gateway.spi;

/** Hears which transactions a message system asks for. */
@FunctionalInterface
public interface CheckListener {

  /**
   * The message system asks. Whoever knows calls {@link Upstream#end} with the check's handle, now
   * or later; otherwise it asks again after a while, this listener or another gateway's, for a
   * limited number of times. Called on a loop; must not block and must not throw.
   */
  void asked(TransactionCheck check);
}
