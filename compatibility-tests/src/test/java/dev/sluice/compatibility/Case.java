package dev.sluice.compatibility;

import org.jspecify.annotations.Nullable;

/**
 * One thing that a client may do.
 *
 * @param name what it is
 * @param difference what is known to be answered otherwise, and why; null where both answer alike
 * @param call does it at one side, and yields the {@link Shape} of what came of it
 */
record Case(String name, @Nullable Difference difference, Call call) {

  /** One that both answer alike. */
  static Case of(String name, Call call) {
    return new Case(name, null, call);
  }

  /** One that we answer otherwise. */
  Case unlike(String ours, String theirs, Reason reason) {
    return new Case(name, new Difference(ours, theirs, reason), call);
  }

  @Override
  public String toString() {
    return name;
  }

  /** What a client does, and what came of it. */
  @FunctionalInterface
  interface Call {
    String at(Side side) throws Exception;
  }

  /**
   * A difference that is meant.
   *
   * @param ours what we answer
   * @param theirs what Apache's proxy answers
   */
  record Difference(String ours, String theirs, Reason reason) {}
}
