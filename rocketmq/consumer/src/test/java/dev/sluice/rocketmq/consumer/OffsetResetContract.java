package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ReceivedMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups that administrators set elsewhere while they consume, with the official tool for it. */
abstract class OffsetResetContract {
  private static final long TO_THE_END = -1;

  private ConsumerFixture fixture;
  private DefaultMQAdminExt admin;
  private final Queue<String> bodies = new ConcurrentLinkedQueue<>();

  abstract SharedEngine engine();

  @BeforeEach
  void connect(Ledger ledger) throws Exception {
    fixture = new ConsumerFixture(engine(), ledger);
    admin = new DefaultMQAdminExt(20_000);
    admin.setNamesrvAddr(fixture.nameServers);
    admin.setInstanceName(ConsumerFixture.instance());
    admin.start();
  }

  @AfterEach
  void close() {
    admin.shutdown();
    fixture.close();
  }

  private static ConditionFactory await() {
    return ConsumerFixture.await();
  }

  private ConsumeResult note(ReceivedMessage message) {
    bodies.add(ConsumerFixture.body(message));
    return ConsumeResult.success();
  }

  private PushConsumerOptionsBuilder options(String topic) {
    return fixture
        .options(topic)
        .pullWait(Duration.ofSeconds(2))
        .persistInterval(Duration.ofMillis(200));
  }

  /** Sets the group to what was stored at the time; brokers know its members a little later. */
  private void reset(String topic, long millis) {
    await()
        .ignoreExceptions()
        .until(() -> !admin.resetOffsetByTimestamp(topic, fixture.group, millis, true).isEmpty());
  }

  @Test
  void aGroupThatIsSetBackConsumesAgainFromThere() {
    String topic = fixture.newTopic(2);
    List<String> sent = fixture.sendMany(topic, "m", 10);
    fixture.start(options(topic).handler(this::note));
    await().until(() -> bodies.size() == 10 && fixture.committedInAll(topic) == 10);

    reset(topic, 0);

    await().untilAsserted(() -> assertThat(bodies).hasSize(20));
    assertThat(bodies.stream().skip(10)).containsExactlyInAnyOrderElementsOf(sent);
    await().until(() -> fixture.committedInAll(topic) == 10);
    List<String> later = fixture.sendMany(topic, "later", 2);
    await().until(() -> bodies.size() == 22);
    assertThat(bodies).containsAll(later);
  }

  @Test
  void anOrderedGroupThatIsSetBackKeepsTheOrder() {
    String topic = fixture.newTopic(1);
    List<String> sent = fixture.sendTo(topic, 0, "m", 8);
    fixture.start(options(topic).orderedHandler(this::note));
    await().until(() -> bodies.size() == 8 && fixture.committedInAll(topic) == 8);
    bodies.clear();

    reset(topic, 0);

    await().until(() -> bodies.size() == 8);
    assertThat(bodies).containsExactlyElementsOf(sent);
  }

  @Test
  void whatIsHeldAndPassedOverIsDroppedAndWhatRunsDoesNotCount() throws Exception {
    String topic = fixture.newTopic(1);
    fixture.sendTo(topic, 0, "m", 10);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    PushConsumer consumer =
        fixture.start(
            options(topic)
                .maxConcurrency(1)
                .handler(
                    message -> {
                      if (first.compareAndSet(true, false)) {
                        begun.countDown();
                        release.await();
                      }
                      return note(message);
                    }));
    begun.await();

    reset(topic, TO_THE_END);
    await().until(() -> fixture.committedInAll(topic) == 10 && held(consumer) == 0);
    fixture.sendTo(topic, 0, "after", 1);
    release.countDown();

    await().until(() -> bodies.contains("after0"));
    assertThat(bodies).hasSize(2);
    await().until(() -> fixture.committedInAll(topic) == 11);
  }

  @Test
  void aPullConsumerReadsFromThere() {
    String topic = fixture.newTopic(1);
    List<String> sent = fixture.sendTo(topic, 0, "m", 8);
    PullConsumer consumer =
        fixture.start(
            fixture
                .pulling(topic)
                .pullWait(Duration.ofSeconds(2))
                .commitInterval(Duration.ofMillis(200)));
    pollUntil(consumer, 8);
    await().until(() -> poll(consumer) == 0 && fixture.committedInAll(topic) == 8);
    bodies.clear();

    reset(topic, 0);

    pollUntil(consumer, 8);
    assertThat(bodies).containsExactlyElementsOf(sent);
  }

  private void pollUntil(PullConsumer consumer, int count) {
    await().until(() -> poll(consumer) >= 0 && bodies.size() >= count);
  }

  private int poll(PullConsumer consumer) {
    List<ReceivedMessage> polled = consumer.poll(Duration.ofMillis(200));
    polled.forEach(each -> bodies.add(ConsumerFixture.body(each)));
    return polled.size();
  }

  private static int held(PushConsumer consumer) {
    return ((DefaultPushConsumer) consumer)
        .held().stream().mapToInt(each -> each.process().size()).sum();
  }

  @Test
  void administratorsSeeHowFarAMemberIs() throws Exception {
    String topic = fixture.newTopic(2);
    fixture.sendTo(topic, 0, "zero", 3);
    fixture.sendTo(topic, 1, "one", 2);
    PushConsumer consumer = fixture.start(options(topic).handler(this::note));
    await().untilAsserted(() -> assertThat(bodies).hasSize(5));
    await().until(() -> fixture.committedInAll(topic) == 5);

    Map<String, Map<org.apache.rocketmq.common.message.MessageQueue, Long>> status =
        admin.getConsumeStatus(topic, fixture.group, "");

    assertThat(status).containsOnlyKeys(consumer.options().client().clientId());
    assertThat(status.values().iterator().next())
        .hasSize(2)
        .allSatisfy(
            (queue, offset) -> assertThat(offset).isEqualTo(queue.getQueueId() == 0 ? 3 : 2));
  }
}
