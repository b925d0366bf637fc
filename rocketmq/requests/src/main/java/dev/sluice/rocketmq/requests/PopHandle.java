package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Texts;
import dev.sluice.rocketmq.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * The receipt handle of a popped message. It describes itself, so that any process can acknowledge
 * the message; a broker accepts void, expired and invented handles alike.
 *
 * @param startOffset the queue offset that the pop, or the last change of the duration, began at
 * @param popTime when that was, in milliseconds since 1970 by the broker's clock
 * @param invisibleMillis how long from then the message stays invisible
 * @param reviveQueueId where the broker keeps track of it; {@value #ORDERED_REVIVE_QUEUE} marks an
 *     ordered pop
 * @param kind which of the topic's faces the message is stored in
 * @param brokerName the broker
 * @param queueId the queue
 * @param queueOffset the message's position in the queue
 * @param liteTopic the lite topic that it was popped from, whose position it is then; or null
 */
public record PopHandle(
    long startOffset,
    long popTime,
    long invisibleMillis,
    int reviveQueueId,
    TopicKind kind,
    String brokerName,
    int queueId,
    long queueOffset,
    @Nullable String liteTopic) {

  /** The revive queue id of ordered pops. */
  public static final int ORDERED_REVIVE_QUEUE = 999;

  private static final int PARTS = 8;
  private static final String LITE = "lite=";

  /** A handle of a message of no lite topic. */
  public PopHandle(
      long startOffset,
      long popTime,
      long invisibleMillis,
      int reviveQueueId,
      TopicKind kind,
      String brokerName,
      int queueId,
      long queueOffset) {
    this(
        startOffset,
        popTime,
        invisibleMillis,
        reviveQueueId,
        kind,
        brokerName,
        queueId,
        queueOffset,
        null);
  }

  /** Checks what would break the text form. */
  public PopHandle {
    if (brokerName.isEmpty() || brokerName.indexOf(' ') >= 0) {
      throw WireException.invalid(
          "broker name: " + Texts.quote(brokerName) + " (expected: not empty, without spaces)");
    }
    if (liteTopic != null && !isLiteTopic(liteTopic)) {
      throw WireException.invalid(
          "lite topic: " + Texts.quote(liteTopic) + " (expected: letters, digits, - and _)");
    }
  }

  /** Whether it can be the name of a lite topic. */
  public static boolean isLiteTopic(String name) {
    return !name.isEmpty()
        && name.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '-'
                        || c == '_');
  }

  /** Whether the message was popped in order. */
  public boolean isOrdered() {
    return reviveQueueId == ORDERED_REVIVE_QUEUE;
  }

  /** When the message comes again, in milliseconds since 1970 by the broker's clock. */
  public long visibleAt() {
    return popTime + invisibleMillis;
  }

  /** The text form that {@link #parse} reads. */
  public String encode() {
    return liteTopic == null ? forBroker() : forBroker() + " " + LITE + liteTopic;
  }

  /** The text form that brokers know, who are told the lite topic apart. */
  String forBroker() {
    return startOffset
        + " "
        + popTime
        + " "
        + invisibleMillis
        + " "
        + reviveQueueId
        + " "
        + kind.number()
        + " "
        + brokerName
        + " "
        + queueId
        + " "
        + queueOffset;
  }

  /**
   * Reads the text form; a ninth part that is no lite topic, as proxies add one, is ignored.
   *
   * @throws WireException when it is not a handle
   */
  public static PopHandle parse(String text) {
    String[] parts = text.split(" ", PARTS + 2);
    if (parts.length != PARTS && parts.length != PARTS + 1) {
      throw WireException.malformed(
          "receipt handle: " + Texts.quote(text) + " (expected: 8 parts separated by spaces)");
    }
    try {
      return new PopHandle(
          Long.parseLong(parts[0]),
          Long.parseLong(parts[1]),
          Long.parseLong(parts[2]),
          Integer.parseInt(parts[3]),
          TopicKind.ofNumber(Integer.parseInt(parts[4])),
          parts[5],
          Integer.parseInt(parts[6]),
          Long.parseLong(parts[7]),
          parts.length > PARTS && parts[PARTS].startsWith(LITE)
              ? parts[PARTS].substring(LITE.length())
              : null);
    } catch (NumberFormatException e) {
      throw WireException.malformed(
          "receipt handle: " + Texts.quote(text) + " (expected: numbers around the broker name)",
          e);
    }
  }
}
