package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.ResourceScope;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the deliveries of a single receive.
 *
 * @param start where the group begins if it has never consumed the topic
 * @param maxAttempts what was handed out more often than this becomes a dead letter instead
 * @param holding who has them renewed; null: they are the caller's to renew, and come again after
 *     the request's invisible duration
 */
public record ReceiveTerms(Subscription.Start start, int maxAttempts, @Nullable Holding holding) {

  /**
   * Deliveries are renewed until they are acknowledged, their holder is gone, or they were held too
   * long; then they are handed back.
   *
   * @param holder adopts what it is given; looked at again before each renewal
   * @param longest how long a delivery is held
   */
  public record Holding(ResourceScope holder, Duration longest) {}
}
