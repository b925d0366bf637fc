package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;

/** What comes before a group's first receive of a topic. On loops. */
final class SubscribedTopic {
  private SubscribedTopic() {}

  /** See {@code Upstream.subscribe}. */
  static void prepare(
      Topics topics, GroupStarts starts, Subscription subscription, Completion<Void> completion) {
    topics.makeAsASendWould(
        subscription.topic(),
        new Completion<>() {
          @Override
          public void done(Void nothing) {
            starts.prepare(
                subscription,
                Then.of(
                    done -> Completion.succeed(completion),
                    failure ->
                        completion.failed(
                            Failures.of(failure, subscription.topic(), subscription.group()))));
          }

          @Override
          public void failed(GatewayException failure) {
            completion.failed(failure);
          }
        });
  }
}
