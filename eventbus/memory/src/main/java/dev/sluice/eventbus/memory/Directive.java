package dev.sluice.eventbus.memory;

import java.util.Set;

/** What a group wants of a member. */
sealed interface Directive {

  /** It is cut off, and hears nothing. */
  record Silence() implements Directive {}

  /** It gives back all that it has, and says so. */
  record GiveBack(long generation) implements Directive {}

  /** It has these. */
  record Have(long generation, Set<TopicPartition> partitions) implements Directive {}
}
