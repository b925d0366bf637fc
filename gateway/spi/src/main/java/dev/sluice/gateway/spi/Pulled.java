package dev.sluice.gateway.spi;

import java.util.List;

/** What a pull found. */
public sealed interface Pulled {

  /** Where the next pull goes on. */
  long nextOffset();

  /**
   * Messages.
   *
   * @param messages one or more, in their order. Nobody was given them: their handles are empty,
   *     and there is nothing to acknowledge
   * @param nextOffset behind the last one, and behind those that the filter did not want
   */
  record Found(List<Delivery> messages, long nextOffset) implements Pulled {
    public Found {
      messages = List.copyOf(messages);
    }
  }

  /**
   * No message that is wanted, within the time given.
   *
   * @param nextOffset the offset asked for, or behind those that the filter did not want
   */
  record Nothing(long nextOffset) implements Pulled {}

  /**
   * The queue does not have the offset.
   *
   * @param nextOffset the nearest that it has, which may be the one that its next message will get
   */
  record OutOfRange(long nextOffset) implements Pulled {}
}
