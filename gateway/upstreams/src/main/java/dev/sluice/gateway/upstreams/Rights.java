package dev.sluice.gateway.upstreams;

/**
 * What somebody may do with topics and groups, in the words of RocketMQ's own access control. Asked
 * on event loops: never blocks; safe for use by any thread.
 */
@FunctionalInterface
public interface Rights {

  /** Everything, which is for the message system to judge. */
  Rights ALL = (action, resource, name) -> true;

  /** What is done. */
  enum Action {
    /** Messages are sent to a topic, and transactions of it are ended. */
    PUB,
    /** Messages of a topic are received, and acknowledged on behalf of a group. */
    SUB
  }

  /** What it is done with. */
  enum Resource {
    TOPIC,
    GROUP
  }

  /**
   * Whether it may be done.
   *
   * @param name the full name, with its namespace before it where it has one
   */
  boolean allow(Action action, Resource resource, String name);
}
