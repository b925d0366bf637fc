package dev.sluice.gateway.bench;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What to put on a gateway.
 *
 * @param topic where to send
 * @param connections 1 or more, at most as many as messages in flight
 * @param bodyBytes the size of each body; 1 or more
 * @param warmUp how long to send before it counts
 * @param duration how long it counts, at most
 * @param messages how many count, at most; empty for as many as there is time for
 * @param group the consumer group, where messages are received
 */
public record Plan(
    String topic,
    Mode mode,
    Pace pace,
    int connections,
    int bodyBytes,
    Duration warmUp,
    Duration duration,
    OptionalLong messages,
    String group) {
  /** The most bytes of bodies under way: as much as a gateway takes unless it is told otherwise. */
  public static final long MOST_BYTES = 64L << 20;

  /** The most messages under way. */
  public static final int MOST_IN_FLIGHT = 10_000;

  private static final int OVERHEAD_BYTES = 512;

  /** How many messages of this size may be under way. */
  public static int mostInFlight(int bodyBytes) {
    return Math.clamp(MOST_BYTES / (bodyBytes + OVERHEAD_BYTES), 1, MOST_IN_FLIGHT);
  }

  /** How many messages may be under way; beyond it, those that are due wait. */
  int inFlight() {
    return switch (pace) {
      case Pace.InFlight(int most) -> most;
      case Pace.Rate _ -> Math.max(connections, mostInFlight(bodyBytes));
    };
  }

  /** A connection's part of {@link #inFlight}, 1 or more. */
  int inFlight(int connection) {
    return inFlight() / connections + (connection < inFlight() % connections ? 1 : 0);
  }
}
