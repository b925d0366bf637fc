package dev.sluice.rocketmq.requests;

/**
 * A half message: stored, and seen by nobody until its transaction is committed. All of it is
 * needed to end the transaction, and nothing else is, so that any process can.
 *
 * <p>A broker that asks what became of a transaction first stores the half message anew and names
 * that copy; ending the copy keeps it from being asked again, ending an older one does not.
 *
 * @param brokerName where it is stored; empty where a broker has not said
 * @param topic the topic that it is for
 * @param producerGroup whose members are asked how the transaction ended
 * @param messageId its unique id, which is the transaction's too
 * @param queueOffset its position among the broker's half messages
 * @param commitLogOffset its position in the broker's log
 */
public record HalfMessage(
    String brokerName,
    String topic,
    String producerGroup,
    String messageId,
    long queueOffset,
    long commitLogOffset) {}
