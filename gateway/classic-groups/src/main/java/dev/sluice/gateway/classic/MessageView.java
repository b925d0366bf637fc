package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.requests.StoredMessage;
import org.jspecify.annotations.Nullable;

/** What the gateway makes of what brokers store and say. Called on loops; must not block. */
public interface MessageView {

  /**
   * The delivery of a message, or null where its body is in a form that nobody can read.
   *
   * @param topic what it was sent to, also where it lies in a retry topic
   * @param broker the name of the broker that has it
   * @param attempt how many times it was handed out, this one included
   * @param handle what acknowledges it
   * @param visibleAgainAt when it comes again, milliseconds since the epoch
   */
  @Nullable Delivery delivery(
      StoredMessage message,
      String topic,
      String broker,
      int attempt,
      String handle,
      long visibleAgainAt);

  /** Whether a message with this tag is asked for: brokers compare hashes of tags only. */
  boolean isWanted(Filter filter, @Nullable String tag);

  /** The filter as brokers take it. */
  dev.sluice.rocketmq.remoting.Filter filter(Filter filter);

  /** What a failed call is told as. */
  GatewayException failure(ClientException failure, String topic, String group);
}
