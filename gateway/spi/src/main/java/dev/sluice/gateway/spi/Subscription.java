package dev.sluice.gateway.spi;

/**
 * A group's interest in a topic, told to the message system before the group's first receive.
 *
 * @param topic the topic
 * @param group the consumer group
 * @param filter what of it
 * @param start where the group begins if it has never consumed the topic
 */
public record Subscription(String topic, String group, Filter filter, Start start) {

  /** Where a new group begins. */
  public sealed interface Start {

    /** With what is sent from now on. */
    record Latest() implements Start {}

    /** With the oldest message kept. */
    record Earliest() implements Start {}

    /**
     * With the first message stored at or after a point in time.
     *
     * @param epochMillis milliseconds since the epoch
     */
    record At(long epochMillis) implements Start {}
  }
}
