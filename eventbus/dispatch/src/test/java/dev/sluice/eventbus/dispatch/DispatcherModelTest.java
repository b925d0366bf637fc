package dev.sluice.eventbus.dispatch;

import dev.sluice.testkit.Seeds;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class DispatcherModelTest {

  private static final int LIVES = 3000;

  /**
   * Random gaps, keys, sizes, orders of completion, failures, overruns, rebalances, moods of the
   * dead-letter target and interventions, beside {@link Oracle}. After each step frontiers are
   * equal, what may start has started, nothing of a key overlaps or overtakes, nothing is resolved
   * twice; and in the end all is resolved and nothing left.
   */
  @Test
  void doesWhatTheOracleSaysAndAlwaysGoesOn() throws Exception {
    // From one virtual thread to another it is not far.
    var lives = new FutureTask<Void>(() -> Seeds.forAll(LIVES, DispatcherModelTest::live), null);
    Thread.startVirtualThread(lives);
    lives.get();
  }

  private static void live(Seeds seeds) {
    var run = new ModelRun(seeds);
    for (int steps = seeds.between(10, 150); steps > 0; steps--) {
      run.step();
    }
    run.finish();
  }
}
