package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.Message;
import java.util.BitSet;

/**
 * The numbered messages of one topic: which were accepted, and which one group has got. A message's
 * body begins with its number. Safe for use by any thread; a bit for each message.
 */
final class Arrivals {

  private final BitSet arrived = new BitSet();
  private long deliveries;

  /** A message was delivered, first or again. */
  synchronized void add(Message message) {
    deliveries++;
    arrived.set(numberOf(message));
  }

  private static int numberOf(Message message) {
    String body = message.getMessageBody();
    int space = body.indexOf(' ');
    return Integer.parseInt(space < 0 ? body : body.substring(0, space));
  }

  /** How many of these have not arrived. */
  synchronized int missing(BitSet accepted) {
    var missing = (BitSet) accepted.clone();
    missing.andNot(arrived);
    return missing.cardinality();
  }

  /** How many deliveries there were of messages that had been delivered before. */
  synchronized long repeated() {
    return deliveries - arrived.cardinality();
  }

  synchronized long distinct() {
    return arrived.cardinality();
  }
}
