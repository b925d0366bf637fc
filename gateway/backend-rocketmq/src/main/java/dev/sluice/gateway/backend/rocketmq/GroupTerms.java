package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.GroupConfig;
import java.time.Duration;

/** How brokers have groups consume. Called on loops only. */
final class GroupTerms {
  private static final int MOST_ATTEMPTS = 10_000;
  private static final Duration LONGEST_WAIT = Duration.ofHours(12);

  private final RemotingClient client;

  GroupTerms(RemotingClient client) {
    this.client = client;
  }

  /** See {@code Upstream.group}. */
  void group(String group, Completion<ConsumerGroup> completion) {
    client
        .administration()
        .group(
            group,
            Then.of(
                config -> completion.done(of(group, config)),
                failure -> completion.failed(Failures.of(failure, "", group))));
  }

  /** Brokers count how often a message comes again, which is one less than its deliveries. */
  static ConsumerGroup of(String group, GroupConfig config) {
    return new ConsumerGroup(
        group,
        config.ordered(),
        Math.clamp(config.maxRetries() + 1L, 1, MOST_ATTEMPTS),
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
