package dev.sluice.gateway.bench;

/** Is told how a run goes, on the thread that measures. */
public interface Progress {
  /** Tells nobody. */
  Progress NONE =
      new Progress() {
        @Override
        public void second(Second second) {}

        @Override
        public void draining() {}

        @Override
        public void over() {}
      };

  /** About a second has passed. */
  void second(Second second);

  /** No message begins any more, and what is under way takes its time. */
  void draining();

  /** That was all. */
  void over();
}
