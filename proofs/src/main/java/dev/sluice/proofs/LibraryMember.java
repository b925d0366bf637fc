package dev.sluice.proofs;

import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.consumer.ConsumeResult;
import dev.sluice.rocketmq.consumer.PushConsumer;
import dev.sluice.rocketmq.consumer.PushConsumerOptions;
import dev.sluice.rocketmq.consumer.PushConsumerOptionsBuilder;
import dev.sluice.rocketmq.group.StartFrom;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BiConsumer;

/** One member of the group that consumes side by side and one of the group that keeps the order. */
final class LibraryMember implements AutoCloseable {

  /** The two groups. */
  enum Group {
    PLAIN,
    ORDERED
  }

  private final PushConsumer plain;
  private final PushConsumer ordered;

  /** Starts both; what they get is told before it counts as consumed. */
  LibraryMember(String nameServers, String topic, String name, BiConsumer<Group, String> consumed) {
    this.plain =
        PushConsumer.create(
            options(nameServers, topic, name, Group.PLAIN)
                .handler(message -> told(Group.PLAIN, message, consumed))
                .build());
    this.ordered =
        PushConsumer.create(
            options(nameServers, topic, name, Group.ORDERED)
                .orderedHandler(message -> told(Group.ORDERED, message, consumed))
                .build());
    plain.start();
    ordered.start();
  }

  private static PushConsumerOptionsBuilder options(
      String nameServers, String topic, String name, Group group) {
    return PushConsumerOptions.builder(
            ClientOptions.builder(nameServers)
                .instanceName(name)
                .callTimeout(Duration.ofSeconds(3))
                .build(),
            "library-" + group.name().toLowerCase(Locale.ROOT))
        .subscribe(topic)
        .startFrom(StartFrom.first())
        .pullWait(Duration.ofSeconds(5))
        .lockInterval(Duration.ofSeconds(5))
        .rebalanceInterval(Duration.ofSeconds(5));
  }

  private static ConsumeResult told(
      Group group, ReceivedMessage message, BiConsumer<Group, String> consumed) {
    consumed.accept(group, new String(message.bodyBytes(), StandardCharsets.UTF_8));
    return ConsumeResult.success();
  }

  @Override
  public void close() {
    plain.close();
    ordered.close();
  }
}
