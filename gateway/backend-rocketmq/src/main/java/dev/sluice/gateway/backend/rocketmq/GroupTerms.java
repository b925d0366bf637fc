package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.GroupConfig;
import java.time.Duration;
import java.util.function.Supplier;

/** How brokers have groups consume. Called on loops only. */
final class GroupTerms {
  private static final int USUAL_RETRIES = 16;
  private static final int MOST_ATTEMPTS = 10_000;
  private static final Duration LONGEST_WAIT = Duration.ofHours(12);

  private final RemotingClient client;
  private final RocketMQSettings settings;
  private final Supplier<BrokerFacts> facts;

  GroupTerms(RemotingClient client, RocketMQSettings settings, Supplier<BrokerFacts> facts) {
    this.client = client;
    this.settings = settings;
    this.facts = facts;
  }

  /** See {@code Upstream.group}. */
  void group(String group, Completion<ConsumerGroup> completion) {
    client
        .administration()
        .group(
            group,
            Then.of(
                config -> completion.done(of(group, config)),
                failure -> failed(group, failure, completion)));
  }

  /** Brokers of 4.x make a group when its first member shows itself, and not by being asked. */
  private void failed(String group, ClientException failure, Completion<ConsumerGroup> completion) {
    BrokerFacts brokers = facts.get();
    if (!brokers.release().classic() || failure.category() != FailureCategory.NOT_FOUND) {
      completion.failed(Failures.of(failure, "", group));
    } else if (brokers.settings().createsGroups()) {
      completion.done(classic(group, USUAL_RETRIES, brokers));
    } else {
      completion.failed(Failures.groupMissing(group, failure));
    }
  }

  private ConsumerGroup of(String group, GroupConfig config) {
    BrokerFacts brokers = facts.get();
    return brokers.release().classic()
        ? classic(group, config.maxRetries(), brokers)
        : configured(group, config);
  }

  /**
   * Brokers of 4.x say how often; how long it waits is their delay levels', and the order is set.
   */
  private ConsumerGroup classic(String group, int maxRetries, BrokerFacts brokers) {
    return new ConsumerGroup(
        group,
        settings.isOrdered(group),
        attempts(maxRetries),
        new ConsumerGroup.Retries.Steps(brokers.settings().delayLevels().retries()));
  }

  private static int attempts(int maxRetries) {
    return Math.clamp(maxRetries + 1L, 1, MOST_ATTEMPTS);
  }

  /** Brokers count how often a message comes again, which is one less than its deliveries. */
  static ConsumerGroup configured(String group, GroupConfig config) {
    return new ConsumerGroup(
        group,
        config.ordered(),
        attempts(config.maxRetries()),
        switch (config.retries()) {
          case GroupConfig.Retries.Steps steps ->
              new ConsumerGroup.Retries.Steps(
                  steps.millis().stream().map(GroupTerms::waited).toList());
          case GroupConfig.Retries.Growing growing ->
              new ConsumerGroup.Retries.Growing(
                  waited(growing.initialMillis()),
                  waited(growing.maxMillis()),
                  Math.max(1, growing.factor()));
        },
        config.lite() == null
            ? null
            : new ConsumerGroup.Lite(config.lite().topic(), config.lite().quota()));
  }

  /** Operators may write any number. */
  private static Duration waited(long millis) {
    return Duration.ofMillis(Math.clamp(millis, 0, LONGEST_WAIT.toMillis()));
  }
}
