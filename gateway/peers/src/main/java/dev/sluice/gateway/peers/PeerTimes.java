package dev.sluice.gateway.peers;

import java.time.Duration;

/**
 * How long things between instances may take.
 *
 * @param answer until an answer is there; the instance asked may itself have to ask the message
 *     system, for which it has 3 s
 * @param connect until a connection is there
 * @param idle until a connection that nobody uses is closed
 * @param firstRest for how long one that failed is left alone; twice as long each further time
 * @param longestRest at most
 */
record PeerTimes(
    Duration answer, Duration connect, Duration idle, Duration firstRest, Duration longestRest) {

  static final PeerTimes STANDARD =
      new PeerTimes(
          Duration.ofSeconds(4),
          Duration.ofSeconds(2),
          Duration.ofMinutes(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(15));

  /** For how long one that failed so many times in a row, at least once, is left alone. */
  Duration rest(int failures) {
    Duration rest = firstRest.multipliedBy(1L << Math.min(failures - 1, 16));
    return rest.compareTo(longestRest) < 0 ? rest : longestRest;
  }
}
