package dev.sluice.gateway.spi;

import org.jspecify.annotations.Nullable;

/**
 * Proof that a message is stored.
 *
 * @param messageId its unique id
 * @param queue where it lies
 * @param offset its position there
 * @param recallHandle what takes it back while it is not due; null where nothing does
 * @param moved that it is delivered at another time than it was asked for; null where it is not
 */
public record SendReceipt(
    String messageId,
    QueueId queue,
    long offset,
    @Nullable String recallHandle,
    @Nullable Moved moved) {

  /** Proof of a message that cannot be taken back. */
  public SendReceipt(String messageId, QueueId queue, long offset) {
    this(messageId, queue, offset, null);
  }

  /** Proof of a message that is delivered when it was asked for. */
  public SendReceipt(String messageId, QueueId queue, long offset, @Nullable String recallHandle) {
    this(messageId, queue, offset, recallHandle, null);
  }

  /**
   * Another time than the one asked for, since the message system does not keep that.
   *
   * @param to when it is delivered, milliseconds since the epoch, about
   * @param why in words, for the caller
   */
  public record Moved(long to, String why) {}
}
