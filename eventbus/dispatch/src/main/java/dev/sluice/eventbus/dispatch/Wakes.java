package dev.sluice.eventbus.dispatch;

/** What timers call, without the board's lock. */
interface Wakes<T> {

  /** An entry has waited for its next attempt. */
  void rested(Entry<T> entry);

  /** The dead-letter target may be asked again. */
  void paused(Burial<T> burial);

  /** The time of an attempt may be over. */
  void look();
}
