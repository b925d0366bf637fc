package dev.sluice.gateway.spi;

/** A receive under way. */
public interface Receiving extends Cancellable {

  /** One that is over. */
  Receiving NONE =
      new Receiving() {
        @Override
        public void hasten() {}

        @Override
        public void cancel() {}
      };

  /**
   * Has it wait no longer than it must: it ends as it otherwise would, with what it has got by then
   * or with nothing. Nothing is lost by it. Idempotent, safe from any thread.
   */
  void hasten();

  /**
   * Gives it up; its completion is called all the same, once, and not before nothing is passed over
   * any more. What it had got comes again. Idempotent, safe from any thread.
   */
  @Override
  void cancel();
}
