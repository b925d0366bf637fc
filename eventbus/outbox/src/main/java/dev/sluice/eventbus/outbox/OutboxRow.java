package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Envelope;

/**
 * An event that waits.
 *
 * @param failed attempts of it that failed so far
 * @param stuck whether there is a failure of its aggregate, of this event or of another
 */
record OutboxRow(
    long position, String topic, String aggregate, Content content, int failed, boolean stuck) {

  /** What the columns say. */
  sealed interface Content {
    /** An event. */
    record Event(Envelope envelope) implements Content {}

    /** Nothing that can be one, which publishing it fails with. */
    record Broken(RuntimeException reason) implements Content {}
  }

  long bytes() {
    return switch (content) {
      case Content.Event(Envelope envelope) -> envelope.payload().length;
      case Content.Broken broken -> 0;
    };
  }
}
