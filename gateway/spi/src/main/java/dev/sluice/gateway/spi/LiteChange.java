package dev.sluice.gateway.spi;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of what lite topics a caller is subscribed to. Lite topics are many and short-lived, all
 * of one topic, and come into being with their first message.
 *
 * @param topic the topic that they are of
 * @param group the consumer group, which is bound to it
 * @param subscriber the caller, by a name that no other caller has
 * @param action what is to be done
 * @param liteTopics with these; 1 to 64 letters, digits, {@code -} and {@code _} each
 * @param start where the group begins with those that are added; null where it was
 * @param version grows with each change of the subscriber
 */
public record LiteChange(
    String topic,
    String group,
    String subscriber,
    Action action,
    Set<String> liteTopics,
    @Nullable Start start,
    long version) {

  public LiteChange {
    liteTopics = Set.copyOf(liteTopics);
  }

  /** What is to be done. */
  public enum Action {
    /** Subscribes to these too. */
    ADD,
    /** Ends the subscriptions to these. */
    REMOVE,
    /** Subscribes to these and no others; repeated every minute at least to keep them. */
    REPLACE,
    /** Ends all of them: the subscriber is gone. */
    LEAVE
  }

  /**
   * Where a group begins.
   *
   * @param kind how the number is meant
   */
  public record Start(Kind kind, long value) {

    /** How it is meant. */
    public enum Kind {
      /** The number means nothing: where it was. */
      LAST,
      /** The number means nothing: at the beginning. */
      BEGINNING,
      /** The number means nothing: at the end. */
      END,
      /** At this offset. */
      OFFSET,
      /** So many messages before where it was. */
      BACK,
      /** At this time, milliseconds since the epoch. */
      TIME
    }
  }
}
