package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.rocketmq.requests.GroupConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a broker's configuration of a group means for its consumers. */
class GroupTermsTest {

  private static ConsumerGroup of(int maxRetries, GroupConfig.Retries retries) {
    return GroupTerms.configured("g", new GroupConfig("g", true, maxRetries, retries));
  }

  @ParameterizedTest
  @CsvSource({"16,17", "3,4", "0,1", "-1,1", "-2147483648,1", "2147483647,10000"})
  void aMessageIsHandedOutOnceMoreThanItIsRetried(int maxRetries, int attempts) {
    assertThat(of(maxRetries, GroupConfig.Retries.USUAL).maxAttempts()).isEqualTo(attempts);
  }

  @Test
  void waitsStayWithinWhatCanBeKept() {
    assertThat(of(1, new GroupConfig.Retries.Steps(List.of(-1L, 0L, 1L, Long.MAX_VALUE))).retries())
        .isEqualTo(
            new ConsumerGroup.Retries.Steps(
                List.of(Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), Duration.ofHours(12))));
    assertThat(of(1, new GroupConfig.Retries.Growing(-5, Long.MAX_VALUE, 0)).retries())
        .isEqualTo(new ConsumerGroup.Retries.Growing(Duration.ZERO, Duration.ofHours(12), 1));
  }
}
