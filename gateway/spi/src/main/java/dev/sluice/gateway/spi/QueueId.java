package dev.sluice.gateway.spi;

/**
 * One ordered queue of a topic.
 *
 * @param node the part of the message system that holds it, by its own name
 * @param index its number there, from 0; {@link #ANY} for all of the node's
 */
public record QueueId(String node, int index) {

  /** Stands for every queue of a node. */
  public static final int ANY = -1;
}
