package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiteTopicsTest {

  /** What Guava's consistent hash of the name's hash code gives, by which brokers look. */
  @ParameterizedTest
  @CsvSource({
    "a, 1, 0",
    "a, 4, 0",
    "a, 16, 0",
    "a, 1000, 346",
    "b, 1, 0",
    "b, 4, 0",
    "b, 16, 5",
    "b, 1000, 184",
    "session-1, 1, 0",
    "session-1, 4, 3",
    "session-1, 16, 10",
    "session-1, 1000, 98",
    "user_42-Chat, 1, 0",
    "user_42-Chat, 4, 3",
    "user_42-Chat, 16, 3",
    "user_42-Chat, 1000, 829",
    "ZZZZZZZZZZ, 1, 0",
    "ZZZZZZZZZZ, 4, 2",
    "ZZZZZZZZZZ, 16, 9",
    "ZZZZZZZZZZ, 1000, 654"
  })
  void aLiteTopicHasTheQueueThatBrokersLookFor(String liteTopic, int queues, int expected) {
    assertThat(LiteTopics.queueOf(liteTopic, queues)).isEqualTo(expected);
  }

  @Test
  void everyQueueIsUsedAlike() {
    int[] counts = new int[8];
    for (int i = 0; i < 8_000; i++) {
      counts[LiteTopics.queueOf("session-" + i, counts.length)]++;
    }

    assertThat(IntStream.of(counts).boxed()).allMatch(count -> count > 800 && count < 1_200);
  }
}
