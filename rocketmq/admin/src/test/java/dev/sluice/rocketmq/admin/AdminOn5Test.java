package dev.sluice.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdminOn5Test extends AdminContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V5;
  }

  @Override
  String versionPrefix() {
    return "V5_";
  }

  @Test
  void topicsHaveTypes() {
    TopicSettings settings =
        TopicSettings.of(TopicNames.unique("typed"), 2).withType(TopicType.FIFO);

    admin.createTopic(settings);

    assertThat(admin.topic(settings.name())).isEqualTo(settings);
    admin.deleteTopic(settings.name());
  }

  @Test
  void groupsHaveRetryPolicies() {
    String name = TopicNames.unique("group");
    List<RetryPolicy> policies =
        List.of(
            new RetryPolicy.Steps(List.of(Duration.ofSeconds(1), Duration.ofMinutes(1))),
            new RetryPolicy.Growing(Duration.ofSeconds(2), Duration.ofMinutes(5), 3),
            RetryPolicy.USUAL);
    for (RetryPolicy policy : policies) {
      GroupSettings settings =
          new GroupSettings(name, true, false, false, 7, 2, policy).withConsume(true);

      admin.createGroup(settings);

      assertThat(admin.group(name)).isEqualTo(settings);
    }
    admin.deleteGroup(name, true);
  }
}
