package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.QueueLocks;
import dev.sluice.rocketmq.requests.SendBack;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What classic members ask of a real broker. */
class ClassicMembersTest {
  private ClientFixture one;
  private ClientFixture other;
  private String topic;
  private String group;

  @BeforeEach
  void connect(Ledger ledger) {
    String nameServers = engine().nameServerAddress();
    one = ClientFixture.start(nameServers, ledger, options -> options.clientId(id("one")));
    other = ClientFixture.start(nameServers, ledger, options -> options.clientId(id("other")));
    topic = one.newTopic("classic", 2);
    group = one.newGroup(false);
  }

  SharedEngine engine() {
    return SharedEngine.rocketmq5();
  }

  private static String id(String name) {
    return name + "@" + ProcessHandle.current().pid();
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  @Test
  void membersSeeEachOtherAndHearWhoComesAndGoes() {
    List<String> changed = new CopyOnWriteArrayList<>();
    one.client.memberships().onChange(changed::add);

    join(one);
    join(other);

    assertThat(members()).containsExactlyInAnyOrder(id("one"), id("other"));
    Awaitility.await().until(() -> changed.contains(group));
    changed.clear();
    FutureReply.<Done>await(reply -> other.client.memberships().leave(group, reply));
    Awaitility.await().until(() -> changed.contains(group));
    assertThat(members()).containsExactly(id("one"));
  }

  @Test
  void aLockedQueueIsHeldByOneMemberUntilItGivesItUp() {
    List<QueueLocks.Queue> both = List.of(queue(0), queue(1));

    assertThat(lock(one, List.of(queue(0)))).containsExactly(queue(0));
    assertThat(lock(other, both)).containsExactly(queue(1));
    assertThat(lock(one, both)).containsExactly(queue(0));
    FutureReply.<Done>await(
        reply -> one.client.consuming().unlock(broker(), group, id("one"), both, reply));

    assertThat(lock(other, both)).containsExactlyInAnyOrderElementsOf(both);
  }

  @Test
  void aMessageSentBackComesInTheRetryTopicWithItsCountAndADeadOneInTheOther() {
    one.send(one.route(topic).writable(0), "again");
    join(one);
    StoredMessage message = pull(topic, 0);

    sendBack(message, 1, 16);

    StoredMessage again = pull("%RETRY%" + group, 0);
    assertThat(again.reconsumeTimes()).isEqualTo(1);
    assertThat(again.property("RETRY_TOPIC")).isEqualTo(topic);
    assertThat(again.property("ORIGIN_MESSAGE_ID")).isNotNull();
    sendBack(again, SendBack.DEAD, 16);
    Awaitility.await()
        .ignoreExceptions()
        .until(() -> one.route("%DLQ%" + group).writableCount() == 1);
  }

  private void sendBack(StoredMessage message, int level, int most) {
    SendBack request =
        new SendBack(
            group, topic, message.offsetMessageId(), message.commitLogOffset(), level, most);
    FutureReply.<Done>await(reply -> one.client.consuming().sendBack(broker(), request, reply));
  }

  private StoredMessage pull(String from, int queueId) {
    return Awaitility.await()
        .ignoreExceptions()
        .until(
            () -> {
              TopicQueue queue = new TopicQueue(from, broker(), queueId);
              return FutureReply.<PullReply>await(
                      reply ->
                          one.client.pulling().pull(group, queue, 0, 32, 1_000, Filter.ALL, reply))
                  .messages();
            },
            messages -> !messages.isEmpty())
        .getFirst();
  }

  private void join(ClientFixture member) {
    Heartbeat.Consumer shown =
        new Heartbeat.Consumer(
            group,
            Heartbeat.ConsumeType.CONSUME_PASSIVELY,
            Heartbeat.Model.CLUSTERING,
            Heartbeat.From.CONSUME_FROM_FIRST_OFFSET,
            List.of(new Heartbeat.Subscription(topic, "TAG", "*", 1)));
    FutureReply.<Done>await(reply -> member.client.memberships().joinClassic(shown, reply));
  }

  private List<String> members() {
    return FutureReply.await(reply -> one.client.consuming().memberIds(broker(), group, reply));
  }

  private List<QueueLocks.Queue> lock(ClientFixture member, List<QueueLocks.Queue> queues) {
    String clientId = member.client.options().clientId();
    return FutureReply.await(
        reply -> member.client.consuming().lock(broker(), group, clientId, queues, reply));
  }

  private Broker broker() {
    return one.route(topic).readable(0).broker();
  }

  private QueueLocks.Queue queue(int id) {
    return new QueueLocks.Queue(topic, broker().name(), id);
  }
}
