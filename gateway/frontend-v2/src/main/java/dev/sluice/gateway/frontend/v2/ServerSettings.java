package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.ExponentialBackoff;
import dev.sluice.gateway.proto.v2.Metric;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.RetryPolicy;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.SubscriptionEntry;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import java.util.HashMap;
import java.util.Map;

/**
 * What the server answers to a client's settings: the same kind, with what the server decides
 * filled in.
 */
final class ServerSettings {

  private static final int DELIVERY_ATTEMPTS = 16;
  private static final int SEND_ATTEMPTS = 3;
  private static final int MAX_SEND_ATTEMPTS = 16;

  /** The most topics that a client names. */
  static final int MAX_NAMES = 1024;

  private ServerSettings() {}

  /** The answer; checks the names that the client gives. */
  static TelemetryCommand answer(Settings client) {
    Settings.Builder settings = client.toBuilder().setMetric(Metric.newBuilder().setOn(false));
    switch (client.getPubSubCase()) {
      case PUBLISHING ->
          settings
              .setPublishing(publishing(client.getPublishing()))
              .setBackoffPolicy(backoff(sendAttempts(client)));
      case SUBSCRIPTION ->
          settings
              .setSubscription(subscription(client.getSubscription()))
              .setBackoffPolicy(backoff(DELIVERY_ATTEMPTS));
      case PUBSUB_NOT_SET ->
          throw new Refusal(
              Code.BAD_REQUEST,
              "settings: neither publishing nor subscription (expected: one of them)");
    }
    return TelemetryCommand.newBuilder().setStatus(Statuses.OK).setSettings(settings).build();
  }

  /** How often a producer tries is its own to say. */
  private static int sendAttempts(Settings client) {
    int asked = client.getBackoffPolicy().getMaxAttempts();
    return asked < 1 ? SEND_ATTEMPTS : Math.min(asked, MAX_SEND_ATTEMPTS);
  }

  private static RetryPolicy backoff(int maxAttempts) {
    return RetryPolicy.newBuilder()
        .setMaxAttempts(maxAttempts)
        .setExponentialBackoff(
            ExponentialBackoff.newBuilder()
                .setInitial(Times.duration(10))
                .setMax(Times.duration(1_000))
                .setMultiplier(2))
        .build();
  }

  private static Publishing publishing(Publishing asked) {
    checkCount("publishing.topics", asked.getTopicsCount());
    for (Resource topic : asked.getTopicsList()) {
      ResourceNames.topic(topic);
    }
    return asked.toBuilder().setMaxBodySize(Inbound.MAX_BODY).setValidateMessageType(true).build();
  }

  /** The topics that the client publishes to, checked before, by full name. */
  static Map<String, Resource> published(Settings client) {
    var topics = new HashMap<String, Resource>();
    for (Resource topic : client.getPublishing().getTopicsList()) {
      topics.put(ResourceNames.topic(topic), topic);
    }
    return topics;
  }

  private static Subscription subscription(Subscription asked) {
    checkCount("subscription.subscriptions", asked.getSubscriptionsCount());
    ResourceNames.group(asked.getGroup());
    for (SubscriptionEntry entry : asked.getSubscriptionsList()) {
      ResourceNames.topic(entry.getTopic());
    }
    return asked.toBuilder()
        .setFifo(false)
        .setReceiveBatchSize(Receives.MAX_BATCH)
        .setLongPollingTimeout(Times.duration(20_000))
        .build();
  }

  private static void checkCount(String name, int count) {
    if (count > MAX_NAMES) {
      throw new Refusal(
          Code.BAD_REQUEST, name + ": " + count + " (expected: at most " + MAX_NAMES + ")");
    }
  }
}
