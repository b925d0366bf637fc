package dev.sluice.eventbus.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PartitionLogTest {

  private final PartitionLog log = new PartitionLog(new TopicPartition("t", 0), 1000, 1 << 20);

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      log.append(OutboundMessage.of(new byte[] {1}), Instant.EPOCH);
    }
  }

  @Test
  void messagesAreReadFromAnyOffsetOnAlsoAfterTheOldestWentAndTheRingTurned() {
    log.register("g");
    append(900);
    log.commit("g", 850);
    append(500);

    assertThat(log.end()).isEqualTo(1400);
    assertThat(log.read(0, 3)).extracting(InboundMessage::offset).containsExactly(400L, 401L, 402L);
    assertThat(log.read(1398, 10)).extracting(InboundMessage::offset).containsExactly(1398L, 1399L);
    assertThat(log.read(1400, 10)).isEmpty();
    assertThat(log.committed("g")).isEqualTo(850);
  }

  @Test
  void aCommitNeverGoesBackAndAGroupBeginsWithTheOldest() {
    log.register("g");
    append(10);
    log.commit("g", 5);
    log.commit("g", 3);
    log.register("g");

    assertThat(log.committed("g")).isEqualTo(5);
    assertThat(log.committed("new")).isZero();
  }
}
