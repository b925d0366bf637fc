package dev.sluice.rocketmq.producer;

/**
 * How a transaction went.
 *
 * @param half what the broker said of the message when the transaction began
 * @param outcome what the broker was told at its end
 */
public record TransactionResult(SendResult half, TransactionOutcome outcome) {}
