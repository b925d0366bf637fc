package dev.sluice.gateway.spi;

/**
 * A message system's question how a transaction ended.
 *
 * @param handle what ends it; not always the one that it was begun with
 * @param message what was sent, with its unique id
 * @param note what it was begun with; empty where others began it
 */
public record TransactionCheck(String handle, OutboundMessage message, String note) {}
