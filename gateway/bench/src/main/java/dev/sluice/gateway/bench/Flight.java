package dev.sluice.gateway.bench;

/**
 * A message from its begin until all that is waited for has come. On its connection's event loop
 * alone; used again for later messages, with another sequence.
 */
final class Flight {
  /** How far it is. */
  enum State {
    /** It has not begun, or all that is waited for has come. */
    ENDED,
    /** Nothing has come yet. */
    SENT,
    /** The gateway has it; a consumer does not yet. */
    STORED,
    /** A consumer has it; the gateway's answer has not come yet. */
    DELIVERED,
    /** It failed, and keeps its place for a moment. */
    FAILED
  }

  private final int slot;
  private long sequence;
  private long due;
  private State state = State.ENDED;

  /**
   * One that has not begun.
   *
   * @param slot its place, which its first sequence is too
   */
  Flight(int slot) {
    this.slot = slot;
    this.sequence = slot;
  }

  int slot() {
    return slot;
  }

  void begin(long nextSequence, long at) {
    sequence = nextSequence;
    due = at;
    state = State.SENT;
  }

  /** Which message it is, among all of its connection. */
  long sequence() {
    return sequence;
  }

  /** When it was due. */
  long due() {
    return due;
  }

  State state() {
    return state;
  }

  void become(State next) {
    state = next;
  }
}
