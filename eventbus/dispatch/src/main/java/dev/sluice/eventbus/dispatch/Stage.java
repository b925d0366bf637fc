package dev.sluice.eventbus.dispatch;

import dev.sluice.lifecycle.TimeoutScheduler.Timeout;

/** Where a key stands. Only while it is {@link Still#IDLE} may something of it start. */
sealed interface Stage permits Stage.Still, Stage.Resting, Stage.Held, Attempt, Burial {

  /** Stages that need to remember nothing. */
  enum Still implements Stage {
    /** Nothing goes on. */
    IDLE,
    /** The rota has it. */
    READY,
    /** The owner is being told that the entry before was resolved. */
    TELLING
  }

  /** Waits for the next attempt. */
  record Resting(Timeout timeout) implements Stage {}

  /** Waits for somebody. */
  record Held(Parked parked) implements Stage {}
}
