package dev.sluice.eventbus.core;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.InboundMessage;

/**
 * Where a message is, as {@link InboundMessage#position} has it.
 *
 * @param partition by the name that its transport gives it
 * @param offset in it
 */
record Position(String partition, long offset) {

  /**
   * Reads one.
   *
   * @throws EventBusException INVALID_ARGUMENT if it is none
   */
  static Position parse(String text) {
    int at = text.lastIndexOf('@');
    try {
      long offset = Long.parseLong(text.substring(at + 1));
      if (at > 0 && offset >= 0) {
        return new Position(text.substring(0, at), offset);
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw refused(text);
  }

  /** Where reading begins that is to meet this first. */
  Position before() {
    return new Position(partition, offset - 1);
  }

  String text() {
    return partition + '@' + offset;
  }

  /** That a transport does not take it for a position of its topic. */
  EventBusException refused() {
    return refused(text());
  }

  private static EventBusException refused(String text) {
    return EventBusException.invalid(
        "position", text, "that of a dead letter as it is listed, partition@offset");
  }
}
