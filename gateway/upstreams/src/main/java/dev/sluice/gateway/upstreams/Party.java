package dev.sluice.gateway.upstreams;

/**
 * One that asks a message system for a group's messages. The lower of two goes first where neither
 * was first.
 *
 * @param instance the number of its gateway
 * @param number which of that gateway's
 */
public record Party(long instance, long number) implements Comparable<Party> {

  @Override
  public int compareTo(Party other) {
    int byInstance = Long.compareUnsigned(instance, other.instance);
    return byInstance != 0 ? byInstance : Long.compare(number, other.number);
  }
}
