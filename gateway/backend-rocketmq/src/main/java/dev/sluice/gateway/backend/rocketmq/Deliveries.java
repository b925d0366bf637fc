package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.rocketmq.requests.PoppedMessage;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Makes the gateway's deliveries of the messages of one pop. Not for several threads. */
final class Deliveries {
  private final long visibleAgainAt;
  private @Nullable InetSocketAddress lastStoreHost;
  private String lastStoreHostText = "";

  /**
   * Deliveries of an answer that has just come.
   *
   * @param visibleAgainAt when they come again, by this machine's clock: the broker's may differ
   */
  Deliveries(long visibleAgainAt) {
    this.visibleAgainAt = visibleAgainAt;
  }

  /** The delivery of a popped message, or null when its body is in a form that nobody can read. */
  @Nullable Delivery of(PoppedMessage popped) {
    return of(
        popped.message(),
        popped.topic(),
        popped.handle().brokerName(),
        popped.deliveryAttempt(),
        popped.handle().encode());
  }

  /**
   * The same of a message that was read.
   *
   * @param handle empty where there is nothing to acknowledge
   */
  @Nullable Delivery of(
      StoredMessage message, String topic, String broker, int attempt, String handle) {
    SentMessages.Body body = SentMessages.body(message);
    if (body == null) {
      return null;
    }
    return new Delivery(
        topic,
        message.messageId(),
        body.bytes(),
        body.encoding(),
        message.property(PropertyNames.TAGS),
        SentMessages.keys(message),
        message.property(PropertyNames.SHARDING_KEY),
        SentMessages.users(message),
        SentMessages.bornAt(message),
        SentMessages.bornHost(message),
        message.storeTimestamp(),
        storeHost(message.storeHost()),
        new QueueId(broker, message.queueId()),
        message.queueOffset(),
        attempt,
        handle,
        visibleAgainAt,
        SentMessages.priority(message),
        message.property(PropertyNames.LITE_TOPIC));
  }

  private String storeHost(InetSocketAddress host) {
    if (!host.equals(lastStoreHost)) {
      lastStoreHost = host;
      lastStoreHostText = SentMessages.text(host);
    }
    return lastStoreHostText;
  }
}
