package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PatienceExtensionTest {

  @Test
  void waitsThatSayNothingElseHaveAMinute() {
    var left = new AtomicLong();

    await()
        .conditionEvaluationListener(look -> left.set(look.getRemainingTimeInMS()))
        .until(() -> true);

    // Of the ten seconds that Awaitility has by itself it would be less.
    assertThat(Duration.ofMillis(left.get()))
        .isBetween(Duration.ofSeconds(11), PatienceExtension.PATIENCE);
  }
}
