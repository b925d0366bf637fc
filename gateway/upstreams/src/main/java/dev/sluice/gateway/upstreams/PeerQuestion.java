package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import java.util.List;

/**
 * What one instance asks another.
 *
 * @param <A> what it is answered with
 */
public sealed interface PeerQuestion<A extends PeerAnswer> {

  /** The kind of its answer. */
  Class<A> answer();

  /** Whether an answer of that kind fits. */
  boolean isAnsweredBy(A answer);

  /** Puts it to whoever answers such questions. */
  void putTo(PeerAnswers answers, Completion<A> completion);

  /**
   * What is to become of deliveries that the asked instance holds.
   *
   * @param resolutions 1 to {@link #MOST}
   */
  record ResolveHeld(List<HeldResolution> resolutions)
      implements PeerQuestion<PeerAnswer.HeldResolved> {

    /** The most resolutions in one question. */
    public static final int MOST = 256;

    public ResolveHeld {
      resolutions = List.copyOf(resolutions);
      Checks.between("resolutions", resolutions.size(), 1, MOST);
    }

    @Override
    public Class<PeerAnswer.HeldResolved> answer() {
      return PeerAnswer.HeldResolved.class;
    }

    @Override
    public boolean isAnsweredBy(PeerAnswer.HeldResolved answer) {
      return answer.outcomes().size() == resolutions.size();
    }

    @Override
    public void putTo(PeerAnswers answers, Completion<PeerAnswer.HeldResolved> completion) {
      answers.resolveHeld(this, completion);
    }
  }

  /**
   * Where the asked instance's parties stand, of one group and topic.
   *
   * @param endpoint stands for the message system, the same on every instance
   * @param topic the topic
   * @param group the consumer group
   * @param asker where the party stands that asks
   * @param from where it can be asked in turn
   */
  record CompareStands(long endpoint, String topic, String group, Stand asker, Peer from)
      implements PeerQuestion<PeerAnswer.StandsCompared> {

    @Override
    public Class<PeerAnswer.StandsCompared> answer() {
      return PeerAnswer.StandsCompared.class;
    }

    @Override
    public boolean isAnsweredBy(PeerAnswer.StandsCompared answer) {
      return true;
    }

    @Override
    public void putTo(PeerAnswers answers, Completion<PeerAnswer.StandsCompared> completion) {
      answers.compareStands(this, completion);
    }
  }
}
