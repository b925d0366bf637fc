package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A group whose members are processes of this library and of the official one, some killed. */
class GroupProcessesTest {
  private static final int QUEUES = 6;

  private ConsumerFixture fixture;
  private String topic;
  private final Queue<String> here = new ConcurrentLinkedQueue<>();
  private final List<Collection<String>> all = new ArrayList<>();
  private final List<String> sent = new ArrayList<>();
  private int rounds;

  @BeforeEach
  void connect(Ledger ledger) {
    fixture = new ConsumerFixture(SharedEngine.rocketmq5(), ledger);
    topic = fixture.newTopic(QUEUES);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private MemberProcess process(MemberProcess.Kind kind) throws Exception {
    MemberProcess member = MemberProcess.start(kind, fixture.nameServers, fixture.group, topic);
    all.add(member.consumed);
    return member;
  }

  @Test
  void queuesAreSharedAmongThoseThatLiveAndNothingIsLost() throws Exception {
    all.add(here);
    fixture.start(
        fixture
            .options(topic)
            .rebalanceInterval(Duration.ofSeconds(2))
            .handler(
                message -> {
                  here.add(ConsumerFixture.body(message));
                  return ConsumeResult.success();
                }));
    try (MemberProcess ours = process(MemberProcess.Kind.OURS);
        MemberProcess official = process(MemberProcess.Kind.OFFICIAL)) {
      awaitShares(here, 2, ours.consumed, 2, official.consumed, 2);

      official.kill();
      awaitShares(here, 3, ours.consumed, 3, official.consumed, 0);

      ours.kill();
      awaitShares(here, 6, ours.consumed, 0, official.consumed, 0);
    }

    assertThat(all.stream().flatMap(Collection::stream)).containsAll(sent);
  }

  /** Waits until each member consumes as many queues. */
  private void awaitShares(
      Collection<String> one,
      int ofOne,
      Collection<String> two,
      int ofTwo,
      Collection<String> three,
      int ofThree) {
    ConsumerFixture.await()
        .until(
            () -> {
              String round = "round" + rounds++ + '-';
              for (int queue = 0; queue < QUEUES; queue++) {
                sent.addAll(fixture.sendTo(topic, queue, round + queue + '-', 1));
              }
              ConsumerFixture.await()
                  .until(() -> all.stream().mapToLong(each -> count(each, round)).sum() >= QUEUES);
              return count(one, round) == ofOne
                  && count(two, round) == ofTwo
                  && count(three, round) == ofThree;
            });
  }

  private static long count(Collection<String> bodies, String round) {
    return bodies.stream().filter(body -> body.startsWith(round)).count();
  }
}
