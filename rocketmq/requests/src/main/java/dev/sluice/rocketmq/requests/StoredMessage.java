package dev.sluice.rocketmq.requests;

import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as a broker stores it and hands it out.
 *
 * @param topic the topic that it is stored in; for a retried message that may be a retry topic
 * @param queueId the queue within the topic
 * @param queueOffset the position in the queue
 * @param commitLogOffset the position in the broker's log
 * @param systemFlags see {@link SystemFlags}
 * @param flag the application's own flag
 * @param bornTimestamp when it was sent, in milliseconds since 1970 by the sender's clock
 * @param bornHost the sender's address; unresolved names never occur
 * @param storeTimestamp when it was stored, in milliseconds since 1970 by the broker's clock
 * @param storeHost the broker's address
 * @param reconsumeTimes how often it came again
 * @param preparedTransactionOffset the half message's position, for a transactional one
 * @param bodyCrc the low 31 bits of the CRC-32 of the stored body; 0 where none was written
 * @param properties the properties, in the order of the wire; cannot be changed
 * @param body the body, decompressed where that was possible
 */
public record StoredMessage(
    String topic,
    int queueId,
    long queueOffset,
    long commitLogOffset,
    int systemFlags,
    int flag,
    long bornTimestamp,
    InetSocketAddress bornHost,
    long storeTimestamp,
    InetSocketAddress storeHost,
    int reconsumeTimes,
    long preparedTransactionOffset,
    int bodyCrc,
    Map<String, String> properties,
    MessageBody body) {

  /** The value of a property, or null. */
  public @Nullable String property(String name) {
    return properties.get(name);
  }

  /** The id that the broker knows the message by: its address and log position, in hexadecimal. */
  public String offsetMessageId() {
    return OffsetMessageId.of(storeHost, commitLogOffset);
  }

  /** The sender's unique id, or the broker's id where the sender gave none. */
  public String messageId() {
    String unique = property(PropertyNames.UNIQUE_ID);
    return unique == null || unique.isEmpty() ? offsetMessageId() : unique;
  }
}
