package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;

/**
 * Answers what other instances ask this one, which have proved that they have our cluster key.
 * Called on a loop, where completions run.
 */
public interface PeerAnswers {

  /** Does with held deliveries what their handles' users want. */
  void resolveHeld(
      PeerQuestion.ResolveHeld question, Completion<PeerAnswer.HeldResolved> completion);

  /** Tells where this instance's parties stand, having heard where the asker's stands. */
  void compareStands(
      PeerQuestion.CompareStands question, Completion<PeerAnswer.StandsCompared> completion);
}
