package dev.sluice.eventbus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.lifecycle.Ledger;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Consumers that are programs of their own. */
class CrashTest {
  /** How many messages wait; with a million, the program has four times the memory. */
  private static final int BACKLOG = Integer.getInteger("sluice.backlog", 60_000);

  @Test
  void whatFailedComesAgainAfterAKillAlthoughAThousandBehindItWereHandled(Ledger ledger)
      throws Exception {
    // given
    int poison = 37;
    String topic = Broker.topic("killed", 1);
    Broker.fill(topic, poison + 1001, 2000);
    // when
    try (Child child = Child.start(topic, poison + 1000, poison)) {
      child.await("handled=");
      await().atMost(Member.PATIENCE).until(() -> Broker.committed(topic, topic, 0) == poison);
      child.kill();
    }
    Broker.removeMembers(topic);
    // then
    assertThat(Broker.committed(topic, topic, 0)).isEqualTo(poison);
    Set<Long> offsets = ConcurrentHashMap.newKeySet();
    try (Member member = Member.start(Member.options(topic, topic), ledger)) {
      member.consume(topic, (item, attempt) -> offsets.add(item.offset()));
      await()
          .atMost(Member.PATIENCE)
          .until(() -> Broker.committed(topic, topic, 0) == poison + 1001);
      assertThat(offsets).hasSize(1001).contains((long) poison);
    }
  }

  @Test
  void aBacklogLargerThanTheMemoryIsConsumed() throws Exception {
    // given a kilobyte each
    String topic = Broker.topic("backlog", 3);
    String body = "x".repeat(1000);
    Broker.fill(topic, BACKLOG, 1000, i -> body);
    // when
    String heap = BACKLOG < 1_000_000 ? "-Xmx48m" : "-Xmx256m";
    try (Child child = Child.start(topic, BACKLOG, -1, heap, "-XX:+ExitOnOutOfMemoryError")) {
      // then
      assertThat(child.await("handled=")).isEqualTo(Integer.toString(BACKLOG));
      assertThat(child.end()).isZero();
    }
    assertThat(Broker.committed(topic, topic)).isEqualTo(BACKLOG);
  }
}
