package dev.sluice.eventbus;

import java.time.Instant;

/**
 * A message that failed as often as it may.
 *
 * @param message as it was consumed
 * @param position of the dead letter, for {@link DeadLetters#list}
 * @param group whose handler failed
 * @param attempts that failed
 * @param reason the last failure
 * @param failedAt when it was given up
 * @param replays how often it had been replayed before it failed again
 */
public record DeadLetter(
    InboundMessage message,
    String position,
    String group,
    int attempts,
    String reason,
    Instant failedAt,
    int replays) {}
