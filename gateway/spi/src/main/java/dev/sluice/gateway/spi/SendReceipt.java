package dev.sluice.gateway.spi;

/**
 * Proof that a message is stored.
 *
 * @param messageId its unique id
 * @param queue where it lies
 * @param offset its position there
 */
public record SendReceipt(String messageId, QueueId queue, long offset) {}
