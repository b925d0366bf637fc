package dev.sluice.gateway.groups;

import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Party;
import dev.sluice.gateway.upstreams.Stand;

/** What another's stand means to a party that wants something. */
sealed interface Verdict {

  Verdict AGREES = new Agrees();
  Verdict UNDECIDED = new Undecided();

  /** It does not object. */
  record Agrees() implements Verdict {}

  /** It goes first, and is about to ask for something else, or to give that up. */
  record Undecided() implements Verdict {}

  /** It asks for something else. */
  record Conflicts(Demand with) implements Verdict {}

  /**
   * Whoever asks already is right; of those that are about to, the lower party. Two that want the
   * same, and less than the other asks for, never object to each other: one of them has to go
   * first, and what the other asks for beside it nobody wants.
   */
  static Verdict on(Party own, Demand wanted, Stand other) {
    Demand asked = other.asked();
    if (asked == null) {
      return wanted.equals(other.wanted()) ? AGREES : unlessFirst(own, other);
    }
    if (wanted.equals(asked)) {
      return wanted.equals(other.wanted()) ? AGREES : unlessFirst(own, other);
    }
    return isLeftOver(asked, other.wanted(), wanted) ? AGREES : new Conflicts(asked);
  }

  private static Verdict unlessFirst(Party own, Stand other) {
    return other.proposing() && other.party().compareTo(own) < 0 ? UNDECIDED : AGREES;
  }

  /** The same where both have decided. */
  static Verdict onDecided(Demand asked, Stand other) {
    Demand others = other.asked();
    return others == null || others.equals(asked) || isLeftOver(others, other.wanted(), asked)
        ? AGREES
        : new Conflicts(others);
  }

  /** Whether the other only asks for more than we want since it has not yet changed to the same. */
  private static boolean isLeftOver(Demand asked, Demand wanted, Demand own) {
    return wanted.equals(own)
        && asked.ordered() == own.ordered()
        && TagSet.covers(asked.filter(), own.filter());
  }
}
