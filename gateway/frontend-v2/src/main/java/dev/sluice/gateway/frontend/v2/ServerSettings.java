package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.CustomizedBackoff;
import dev.sluice.gateway.proto.v2.ExponentialBackoff;
import dev.sluice.gateway.proto.v2.Language;
import dev.sluice.gateway.proto.v2.Metric;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.RetryPolicy;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.SubscriptionEntry;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.spi.ConsumerGroup;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the server answers to a client's settings: the same kind, with what the server decides
 * filled in.
 */
final class ServerSettings {

  private static final int SEND_ATTEMPTS = 3;
  private static final int MAX_SEND_ATTEMPTS = 16;

  /** The most topics that a client names. */
  static final int MAX_NAMES = 1024;

  private ServerSettings() {}

  /** Checks the names that the client gives, that they are for it, and that it says what it is. */
  static void check(Settings client, Call call) {
    switch (client.getPubSubCase()) {
      case PUBLISHING -> {
        checkCount("publishing.topics", client.getPublishing().getTopicsCount());
        for (Resource topic : client.getPublishing().getTopicsList()) {
          call.maySendTo(ResourceNames.topic(topic));
        }
      }
      case SUBSCRIPTION -> {
        Subscription subscription = client.getSubscription();
        checkCount("subscription.subscriptions", subscription.getSubscriptionsCount());
        call.mayConsumeAs(ResourceNames.group(subscription.getGroup()));
        for (SubscriptionEntry entry : subscription.getSubscriptionsList()) {
          call.mayRead(ResourceNames.topic(entry.getTopic()));
        }
      }
      case PUBSUB_NOT_SET ->
          throw new Refusal(
              Code.BAD_REQUEST,
              "settings: neither publishing nor subscription (expected: one of them)");
    }
  }

  private static void checkCount(String name, int count) {
    if (count > MAX_NAMES) {
      throw new Refusal(
          Code.BAD_REQUEST, name + ": " + count + " (expected: at most " + MAX_NAMES + ")");
    }
  }

  /** The answer to a producer's settings. */
  static TelemetryCommand toProducer(Settings client) {
    Publishing publishing =
        client.getPublishing().toBuilder()
            .setMaxBodySize(Inbound.MAX_BODY)
            .setValidateMessageType(true)
            .build();
    return answer(client.toBuilder().setPublishing(publishing).setBackoffPolicy(sending(client)));
  }

  /** The topics that the client publishes to, checked before, by full name. */
  static Map<String, Resource> published(Settings client) {
    var topics = new HashMap<String, Resource>();
    for (Resource topic : client.getPublishing().getTopicsList()) {
      topics.put(ResourceNames.topic(topic), topic);
    }
    return topics;
  }

  /** How often a producer tries is its own to say. */
  private static RetryPolicy sending(Settings client) {
    int asked = client.getBackoffPolicy().getMaxAttempts();
    return RetryPolicy.newBuilder()
        .setMaxAttempts(asked < 1 ? SEND_ATTEMPTS : Math.min(asked, MAX_SEND_ATTEMPTS))
        .setExponentialBackoff(
            ExponentialBackoff.newBuilder()
                .setInitial(Times.duration(10))
                .setMax(Times.duration(1_000))
                .setMultiplier(2))
        .build();
  }

  /** The answer to a consumer's settings: how its group consumes is the message system's to say. */
  static TelemetryCommand toConsumer(Settings client, ConsumerGroup group) {
    Subscription.Builder subscription =
        client.getSubscription().toBuilder()
            .setFifo(group.ordered())
            .setReceiveBatchSize(InboundReceive.MAX_BATCH)
            .setLongPollingTimeout(Times.duration(InboundReceive.MAX_POLL.toMillis()));
    if (group.lite() != null) {
      subscription
          .setLiteSubscriptionQuota(group.lite().quota())
          .setMaxLiteTopicSize(LiteTopics.MAX_NAME);
    }
    return answer(
        client.toBuilder()
            .setSubscription(subscription)
            .setBackoffPolicy(consuming(group, client.getUserAgent().getLanguage())));
  }

  private static RetryPolicy consuming(ConsumerGroup group, Language language) {
    var policy = RetryPolicy.newBuilder().setMaxAttempts(group.maxAttempts());
    switch (group.retries()) {
      case ConsumerGroup.Retries.Steps(List<Duration> waits) when language == Language.NODE_JS ->
          policy.setExponentialBackoff(growing(likeSteps(waits)));
      case ConsumerGroup.Retries.Steps(List<Duration> waits) -> {
        var backoff = CustomizedBackoff.newBuilder();
        waits.forEach(wait -> backoff.addNext(Times.duration(wait.toMillis())));
        policy.setCustomizedBackoff(backoff);
      }
      case ConsumerGroup.Retries.Growing waits -> policy.setExponentialBackoff(growing(waits));
    }
    return policy.build();
  }

  /**
   * Waits between the same bounds. The official client for Node.js knows no others, and takes
   * settings without for the order to give up at the first failure.
   */
  private static ConsumerGroup.Retries.Growing likeSteps(List<Duration> waits) {
    return new ConsumerGroup.Retries.Growing(waits.getFirst(), Collections.max(waits), 2);
  }

  private static ExponentialBackoff growing(ConsumerGroup.Retries.Growing waits) {
    return ExponentialBackoff.newBuilder()
        .setInitial(Times.duration(waits.first().toMillis()))
        .setMax(Times.duration(waits.longest().toMillis()))
        .setMultiplier((float) waits.factor())
        .build();
  }

  private static TelemetryCommand answer(Settings.Builder settings) {
    return TelemetryCommand.newBuilder()
        .setStatus(Statuses.OK)
        .setSettings(settings.setMetric(Metric.newBuilder().setOn(false)))
        .build();
  }
}
