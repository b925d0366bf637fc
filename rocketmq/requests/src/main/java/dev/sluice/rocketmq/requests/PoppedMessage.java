package dev.sluice.rocketmq.requests;

/**
 * A message that was popped.
 *
 * @param message the message as it is stored
 * @param topic the topic that the receiver asked for, also when the message is stored in that
 *     topic's retry topic
 * @param handle what acknowledges it
 * @param deliveryAttempt how often it was handed out, this time included; 1 the first time
 */
public record PoppedMessage(
    StoredMessage message, String topic, PopHandle handle, int deliveryAttempt) {}
