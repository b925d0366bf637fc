package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.RocketMQException;

/** What became of messages that were handed to the application. */
public sealed interface ConsumeResult {

  /** They are consumed. */
  record Success() implements ConsumeResult {}

  /**
   * They are to come again.
   *
   * @param delayLevel when: 1 to 18 as the broker has them (1 s to 2 h by default), or 0 for the
   *     broker's choice, which grows with the attempts. Ordered consumers wait for their own pause
   *     instead, as nothing may overtake
   */
  record Retry(int delayLevel) implements ConsumeResult {
    /**
     * Checks the level.
     *
     * @throws RocketMQException INVALID_ARGUMENT for a level that there is not
     */
    public Retry {
      Checks.range("delayLevel", delayLevel, 0, 18);
    }
  }

  /** They are never to come again, and go to the group's dead letter topic. */
  record Dead() implements ConsumeResult {}

  /** They are consumed. */
  static ConsumeResult success() {
    return new Success();
  }

  /** They are to come again, later with each attempt. */
  static ConsumeResult retry() {
    return new Retry(0);
  }

  /**
   * They are to come again after the delay of a level, 1 to 18.
   *
   * @throws RocketMQException INVALID_ARGUMENT for another level
   */
  static ConsumeResult retryAtLevel(int level) {
    return new Retry(Checks.range("level", level, 1, 18));
  }

  /** They are given up. */
  static ConsumeResult dead() {
    return new Dead();
  }
}
