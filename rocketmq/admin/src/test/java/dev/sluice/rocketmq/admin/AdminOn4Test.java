package dev.sluice.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdminOn4Test extends AdminContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V4;
  }

  @Override
  String versionPrefix() {
    return "V4_";
  }

  @Test
  void whatOnlyNewerBrokersKnowIsRefusedNamingTheVersion() {
    String name = TopicNames.unique("typed");
    RetryPolicy policy = new RetryPolicy.Steps(List.of(Duration.ofSeconds(1)));

    RocketMQException type =
        refused(() -> admin.createTopic(TopicSettings.of(name, 2).withType(TopicType.FIFO)));
    RocketMQException retries =
        refused(() -> admin.createGroup(GroupSettings.of(name).withRetries(3, policy)));

    assertThat(List.of(type, retries))
        .allSatisfy(
            refusal -> {
              assertThat(refusal.category()).isEqualTo(Category.INVALID_ARGUMENT);
              assertThat(refusal).hasMessageContaining("expected: brokers of 5.x");
              assertThat(refusal).hasMessageContaining("runs V4_9_7");
            });
    assertThat(refused(() -> admin.route(name)).category()).isEqualTo(Category.NOT_FOUND);
  }
}
