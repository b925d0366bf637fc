package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt.Moved;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages fit for brokers of 4.x, which would pass over what they do not know: times become
 * delay levels, and what has no counterpart is refused.
 *
 * <p>A time that a level meets to the second, as 5.x brokers keep times, is that level. Whether
 * another is refused or rounded up to the next longer level is set.
 */
final class ClassicSends {
  private final BrokerRelease release;
  private final DelayLevels levels;
  private final boolean roundsUp;
  private final Clock clock;

  ClassicSends(BrokerRelease release, DelayLevels levels, boolean roundsUp, Clock clock) {
    this.release = release;
    this.levels = levels;
    this.roundsUp = roundsUp;
    this.clock = clock;
  }

  /**
   * What is sent.
   *
   * @param moved where it is delivered later than it was asked for; else null
   */
  record Fitted(OutboundMessage message, @Nullable Moved moved) {}

  /**
   * The message as these brokers take it.
   *
   * @throws GatewayException UNSUPPORTED or INVALID_ARGUMENT where they would not do as it says
   */
  Fitted fit(OutboundMessage message) {
    if (message.priority() != OutboundMessage.NO_PRIORITY) {
      throw release.cannot(
          Subject.MESSAGE,
          "priority " + message.priority(),
          "RocketMQ 5, or a message without priority");
    }
    if (message.liteTopic() != null) {
      throw release.cannot(
          Subject.LITE_TOPIC,
          "lite topic '" + message.liteTopic() + "'",
          "RocketMQ 5.5 or later, or a message without lite topic");
    }
    return switch (message.schedule()) {
      case Schedule.Now() -> new Fitted(message, null);
      case Schedule.Level(int level) -> {
        if (level > levels.count()) {
          throw GatewayException.invalid(
              Subject.DELIVERY_TIME,
              "delay level: " + level + " (expected: 1 to " + levels.count() + ")");
        }
        yield new Fitted(message, null);
      }
      case Schedule.At(long time) -> fit(message, time);
    };
  }

  private Fitted fit(OutboundMessage message, long time) {
    long now = clock.currentTimeMillis();
    Duration left = Duration.ofMillis(time - now);
    if (left.isNegative() || left.isZero()) {
      return new Fitted(message.at(Schedule.NOW), null);
    }
    int matching = levels.matching(left);
    if (matching != DelayLevels.NONE) {
      return new Fitted(message.at(new Schedule.Level(matching)), null);
    }
    int level = levels.atLeast(left);
    if (level == DelayLevels.NONE) {
      throw refused(left, "at most the longest");
    }
    if (!roundsUp) {
      throw refused(left, "one of them, or INEXACT_DELAY=round-up at the gateway for the next one");
    }
    Duration delay = levels.delay(level);
    return new Fitted(
        message.at(new Schedule.Level(level)),
        new Moved(
            now + delay.toMillis(),
            "delivered after "
                + delay.toSeconds()
                + " s, by delay level "
                + level
                + ", instead of "
                + left.toMillis()
                + " ms: "
                + release.named()
                + " keeps no other times"));
  }

  private GatewayException refused(Duration left, String expected) {
    return GatewayException.invalid(
        Subject.DELIVERY_TIME,
        "delivery time: in "
            + left.toMillis()
            + " ms, which "
            + release.named()
            + " does not keep: its delay levels are "
            + levels.text()
            + " (expected: "
            + expected
            + ")");
  }
}
