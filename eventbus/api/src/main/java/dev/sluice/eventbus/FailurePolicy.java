package dev.sluice.eventbus;

import java.util.Objects;

/**
 * What becomes of a message whose handler fails: it is tried again, with waits in between, in its
 * place, so that nothing of its key overtakes it; and after {@code attempts} in all, what {@code
 * then} says.
 *
 * @param attempts at least 1; {@link Integer#MAX_VALUE} for as many as it takes
 * @param backoff between attempts
 * @param then what becomes of what failed so often
 */
public record FailurePolicy(int attempts, Backoff backoff, Exhausted then) {

  /** What becomes of a message that failed as often as it may. */
  public enum Exhausted {
    /**
     * It is published to the dead-letter topic, and is resolved once that has it. While that cannot
     * be reached the message stays where it is, and holds up its key: it is never skipped.
     */
    DEAD_LETTER,
    /**
     * Its key waits, with what comes after it, until somebody says that it is to be tried again or
     * skipped. Other keys go on, as far as the bounds of the subscription let them.
     */
    PARK,
    /** Its partition waits: nothing more of it starts until somebody says so. */
    STALL
  }

  /** Checks the bounds. */
  public FailurePolicy {
    Objects.requireNonNull(backoff, "backoff");
    Objects.requireNonNull(then, "then");
    if (attempts < 1) {
      throw EventBusException.invalid("attempts", attempts, ">= 1");
    }
  }

  /** Tried until it is handled. A {@link PermanentFailureException} parks the key. */
  public static FailurePolicy retry(Backoff backoff) {
    return new FailurePolicy(Integer.MAX_VALUE, backoff, Exhausted.PARK);
  }

  /** Tried so often, then dead-lettered. */
  public static FailurePolicy deadLetter(int attempts, Backoff backoff) {
    return new FailurePolicy(attempts, backoff, Exhausted.DEAD_LETTER);
  }

  /** Tried so often, then its key is parked. */
  public static FailurePolicy park(int attempts, Backoff backoff) {
    return new FailurePolicy(attempts, backoff, Exhausted.PARK);
  }

  /** Tried so often, then its partition stalls. */
  public static FailurePolicy stall(int attempts, Backoff backoff) {
    return new FailurePolicy(attempts, backoff, Exhausted.STALL);
  }
}
