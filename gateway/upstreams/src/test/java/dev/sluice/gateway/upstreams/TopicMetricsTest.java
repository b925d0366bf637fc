package dev.sluice.gateway.upstreams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TopicMetricsTest {
  private final TopicMetrics metrics = new TopicMetrics();

  @Test
  void eachTopicHasCountersOfItsOwn() {
    metrics.succeeded("a", Count.SENT, 2);
    metrics.succeeded("b", Count.SENT, 1);
    metrics.succeeded("a", Count.ACKED, 1);
    metrics.failed("a", Count.SEND_FAILURES);

    assertThat(metrics.all()).containsOnlyKeys("a", "b", TopicMetrics.OTHER);
    assertThat(value("a", Count.SENT)).isEqualTo(2);
    assertThat(value("a", Count.ACKED)).isEqualTo(1);
    assertThat(value("a", Count.SEND_FAILURES)).isEqualTo(1);
    assertThat(value("b", Count.SENT)).isEqualTo(1);
    assertThat(value(TopicMetrics.OTHER, Count.SENT)).isZero();
  }

  @Test
  void failuresGiveNoTopicCountersOfItsOwn() {
    metrics.failed("made up", Count.SEND_FAILURES);
    metrics.succeeded(TopicMetrics.OTHER, Count.SENT, 1);

    assertThat(metrics.all()).containsOnlyKeys(TopicMetrics.OTHER);
    assertThat(value(TopicMetrics.OTHER, Count.SEND_FAILURES)).isEqualTo(1);
    assertThat(value(TopicMetrics.OTHER, Count.SENT)).isEqualTo(1);
  }

  @Test
  void topicsBeyondTheMaximumShareCountersWhoeverComesFirst() throws InterruptedException {
    // given
    int threads = 4;
    int topics = TopicMetrics.MAX_TOPICS + 100;
    var begin = new CountDownLatch(1);
    var running = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      running[i] =
          Thread.startVirtualThread(
              () -> {
                awaitQuietly(begin);
                for (int topic = 0; topic < topics; topic++) {
                  metrics.succeeded("t" + topic, Count.SENT, 1);
                }
              });
    }

    // when
    begin.countDown();
    for (Thread thread : running) {
      thread.join();
    }

    // then
    Map<String, TopicMetrics.Topic> all = metrics.all();
    assertThat(all).hasSizeLessThanOrEqualTo(TopicMetrics.MAX_TOPICS + 1);
    assertThat(all.values().stream().mapToLong(topic -> topic.value(Count.SENT)).sum())
        .isEqualTo((long) threads * topics);
    assertThat(value(TopicMetrics.OTHER, Count.SENT)).isPositive();
  }

  private long value(String topic, Count count) {
    return Objects.requireNonNull(metrics.all().get(topic)).value(count);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
