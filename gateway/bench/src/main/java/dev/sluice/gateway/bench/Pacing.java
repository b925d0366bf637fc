package dev.sluice.gateway.bench;

/**
 * Tells one connection when its next message is due, by {@link System#nanoTime}. For one thread.
 */
interface Pacing {
  /** When the next message is due: not after {@code now} where that is at once. */
  long due(long now);

  /** The message that is due has begun. */
  void begun();

  /**
   * Tells of the messages that were due before {@code end} and have not begun, in groups of about
   * the same time.
   */
  void missed(long end, Missed each);

  /** Some messages that have not begun. */
  @FunctionalInterface
  interface Missed {
    /**
     * Takes them.
     *
     * @param due when the latest of them was due
     * @param count how many they are
     */
    void take(long due, long count);
  }

  /** A message is due whenever there is room for it. */
  static Pacing atOnce() {
    return new AtOnce();
  }
}
