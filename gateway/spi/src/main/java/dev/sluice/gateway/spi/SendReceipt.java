package dev.sluice.gateway.spi;

import org.jspecify.annotations.Nullable;

/**
 * Proof that a message is stored.
 *
 * @param messageId its unique id
 * @param queue where it lies
 * @param offset its position there
 * @param recallHandle what takes it back while it is not due; null where nothing does
 */
public record SendReceipt(
    String messageId, QueueId queue, long offset, @Nullable String recallHandle) {

  /** Proof of a message that cannot be taken back. */
  public SendReceipt(String messageId, QueueId queue, long offset) {
    this(messageId, queue, offset, null);
  }
}
