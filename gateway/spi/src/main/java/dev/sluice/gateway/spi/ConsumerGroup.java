package dev.sluice.gateway.spi;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the message system has a consumer group consume; immutable.
 *
 * @param name the group
 * @param ordered whether its messages are consumed in order
 * @param maxAttempts how many times a message is handed out before it is dead, from 1
 * @param retries how long a message waits before it is handed out again
 * @param lite what it has to do with lite topics; null where nothing
 */
public record ConsumerGroup(
    String name, boolean ordered, int maxAttempts, Retries retries, @Nullable Lite lite) {

  /**
   * A group that consumes the lite topics of one topic, which each caller subscribes to by itself.
   *
   * @param topic the topic
   * @param quota how many lite topics a caller may subscribe to
   */
  public record Lite(String topic, int quota) {}

  /** A group that has nothing to do with lite topics. */
  public ConsumerGroup(String name, boolean ordered, int maxAttempts, Retries retries) {
    this(name, ordered, maxAttempts, retries, null);
  }

  /** How long a message waits before it is handed out again. */
  public sealed interface Retries {

    /**
     * One wait after each attempt, the last one after all later ones.
     *
     * @param waits one or more, each zero or longer
     */
    record Steps(List<Duration> waits) implements Retries {
      public Steps {
        waits = List.copyOf(waits);
      }
    }

    /**
     * Waits that grow.
     *
     * @param first after the first attempt
     * @param longest never longer than this
     * @param factor what each wait is multiplied by, from 1
     */
    record Growing(Duration first, Duration longest, double factor) implements Retries {}
  }
}
