package dev.sluice.gateway.spi;

/**
 * A transaction that was begun: its message is stored, and nobody sees it yet.
 *
 * @param messageId the message's unique id
 * @param handle what ends it, at any upstream of the message system and at any later time;
 *     printable ASCII without line breaks, up to 2,000 characters
 */
public record OpenTransaction(String messageId, String handle) {}
