package dev.sluice.eventbus.dispatch;

/** How an item was resolved. */
public enum Resolution {
  /** A handler returned. */
  HANDLED,
  /** The dead-letter target has it. */
  DEAD_LETTERED,
  /** Somebody said that it is to be skipped. */
  SKIPPED
}
