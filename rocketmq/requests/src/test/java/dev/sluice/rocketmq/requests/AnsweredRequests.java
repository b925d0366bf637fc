package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** One request of each kind, to read whatever answers with. */
final class AnsweredRequests {

  private static final PopHandle HANDLE = new PopHandle(1, 2, 3, 4, TopicKind.NORMAL, "b", 0, 5);
  private static final HalfMessage HALF = new HalfMessage("b", "t", "g", "id", 1, 2);

  static final PopMessage POP =
      new PopMessage(
          "b", "g", "t", -1, 32, 30_000, 0, 1, PopMessage.InitMode.MIN, null, null, true, null);

  static final List<Request<?>> ALL =
      List.of(
          new AckMessage("g", "t", HANDLE),
          new AwaitMessages("g", "t", -1, 0, 0, null, null, false),
          BatchAck.of("g", "t", List.of(HANDLE)),
          new BrokerConfig.Get(),
          new BrokerRuntime.Get(),
          new ChangeInvisible("g", "t", HANDLE, 1),
          new ClusterInfo.Get(),
          CreateGroup.of("g", false, 1),
          new DeleteGroup("g", true),
          new EndTransaction(HALF, EndTransaction.Resolution.COMMIT, false),
          new FindGroup("g"),
          new FindMessages.At("t", 1),
          new FindMessages.ByKey("t", "k", false, 32, 0, 1),
          new GetGroup("g"),
          new GetRoute("t"),
          new GroupConnections.Get("g"),
          new GroupMemberIds("g"),
          new TopicConsumers("t"),
          new CheckFilter("c", "g", new Heartbeat.Subscription("t", "SQL92", "a > 1", 1)),
          new GroupStatus.Get("g", "t"),
          Heartbeat.of("c", List.of("g"), List.of()),
          new OffsetRequests.GetMaxOffset("t", 0),
          new OffsetRequests.GetMinOffset("t", 0),
          new OffsetRequests.QueryConsumerOffset("g", "t", 0),
          new OffsetRequests.SearchOffset("t", 0, 1),
          new OffsetRequests.UpdateConsumerOffset("g", "t", 0, 1),
          POP,
          new PopLiteMessage("b", "g", "t", "c", 32, 30_000, 0, null),
          LiteSubscription.of(
              LiteSubscription.Action.PARTIAL_ADD, "c", "g", "t", List.of("l"), null, 1),
          PullMessage.of("g", "t", 0, 0, 32),
          new QueueLocks.Lock("g", "c", List.of(new QueueLocks.Queue("t", "b", 0))),
          new QueueLocks.Unlock("g", "c", List.of(new QueueLocks.Queue("t", "b", 0))),
          new RecallMessage("g", "t", "handle", "b"),
          new ResetOffsets("t", "g", 1, true),
          new SendBack("g", "t", "id", 1, 0, 16),
          new SendBatch(
              "g", "t", 0, 0, 1, null, List.of(SendBatch.Member.of(0, "", ByteBuffer.allocate(0)))),
          SendMessage.of("g", "t", 0, 1, "", ByteBuffer.allocate(0)),
          new TopicRequests.CreateTopic(new TopicConfig("t", 4, 4, 6, false, Map.of())),
          new TopicRequests.GetTopicConfig("t"),
          new TopicRequests.ListTopics(),
          new TopicStatus.Get("t"),
          new UnregisterClient("c", "g", null));

  private AnsweredRequests() {}

  /**
   * Each reads the answer or refuses it by a {@link WireException}, and so are a check and a reset
   * read.
   */
  static void readAll(RemotingCommand answer) {
    for (Request<?> request : ALL) {
      try {
        assertThat(request.read(answer)).as(request.getClass().getSimpleName()).isNotNull();
      } catch (WireException expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      }
    }
    try {
      assertThat(MemberOffsets.Reset.read(answer).group()).isNotNull();
    } catch (WireException expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
    try {
      assertThat(TransactionCheck.read(answer).half().producerGroup()).isNotNull();
    } catch (WireException expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
  }
}
