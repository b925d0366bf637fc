package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.MemberAnswer;
import dev.sluice.rocketmq.requests.MemberInquiry;
import dev.sluice.rocketmq.requests.OffsetRequests.GetMaxOffset;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What brokers pass on from administrators is answered when there is an answer. */
class LateAnswersTest {
  private static final Fields ASKED =
      Fields.of("consumerGroup", "g", "clientId", "c", "jstackEnable", "true");

  private record Asked(MemberInquiry inquiry, Consumer<MemberAnswer> answer) {}

  private final Ledger ledger = Ledger.create();
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private ClientFixture fixture;

  @BeforeEach
  void start() {
    fixture = ClientFixture.start("127.0.0.1:1", ledger);
    fixture
        .client
        .memberships()
        .onInquiry((inquiry, answer) -> asked.add(new Asked(inquiry, answer)));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void anAnswerFindsItsRequestHoweverLateItComes() throws Exception {
    try (StubPeer peer = StubPeer.start(asking())) {
      connect(peer);
      Asked first = next();
      assertThat(first.inquiry).isEqualTo(new MemberInquiry.RunningInfo("g", "c", true));
      assertThat(peer.received).noneMatch(RemotingCommand::isResponse);

      // From a thread that is no loop, while the connection is used for something else.
      connect(peer);
      Asked second = next();
      second.answer.accept(new MemberAnswer.Refused(ResponseCode.SYSTEM_ERROR, "second"));
      first.answer.accept(new MemberAnswer.Refused(ResponseCode.SYSTEM_ERROR, "first"));

      await().until(() -> answers(peer) == 2);
      assertThat(peer.received.stream().filter(RemotingCommand::isResponse))
          .extracting(RemotingCommand::opaque, RemotingCommand::remark)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(901, "second"),
              org.assertj.core.groups.Tuple.tuple(900, "first"));
    }
  }

  @Test
  void anAnswerToWhoIsGoneGoesNowhere() throws Exception {
    try (StubPeer peer = StubPeer.start(asking())) {
      connect(peer);
      Asked first = next();
      peer.hangUp();
      await().until(() -> ledger.open("connection") == 0);
      connect(peer);
      Asked second = next();

      first.answer.accept(new MemberAnswer.Refused(ResponseCode.SYSTEM_ERROR, "first"));
      second.answer.accept(new MemberAnswer.Refused(ResponseCode.SYSTEM_ERROR, "second"));

      await().until(() -> answers(peer) == 1);
      assertThat(peer.received.stream().filter(RemotingCommand::isResponse))
          .extracting(RemotingCommand::remark)
          .containsExactly("second");
    }
  }

  @Test
  void whatCannotBeReadIsRefusedAtOnce() throws Exception {
    try (StubPeer peer =
        StubPeer.start(
            (command, line) -> {
              if (!command.isResponse()) {
                line.send(
                    RemotingCommand.request(RequestCode.CONSUME_MESSAGE_DIRECTLY, 900, ASKED));
                line.send(StubPeer.success(command, Fields.of("offset", "1")));
              }
            })) {
      connect(peer);

      await().until(() -> answers(peer) == 1);
      assertThat(peer.received.getLast().code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
      assertThat(asked).isEmpty();
    }
  }

  private static long answers(StubPeer peer) {
    return peer.received.stream().filter(RemotingCommand::isResponse).count();
  }

  /** Asks with each request that comes, and answers it. */
  private static StubPeer.Manner asking() {
    int[] opaque = {900};
    return (command, line) -> {
      if (!command.isResponse()) {
        line.send(
            RemotingCommand.request(RequestCode.GET_CONSUMER_RUNNING_INFO, opaque[0]++, ASKED));
        line.send(StubPeer.success(command, Fields.of("offset", "1")));
      }
    };
  }

  private void connect(StubPeer peer) {
    CountedReply<Long> reply = new CountedReply<>();
    fixture
        .loops
        .all()
        .getFirst()
        .execute(
            () ->
                fixture
                    .client
                    .commands()
                    .call(
                        peer.endpoint(),
                        new GetMaxOffset("topic", 0),
                        Commands.Effect.READS,
                        20_000,
                        reply));
    assertThat(reply.value()).isNotNull();
  }

  private Asked next() throws InterruptedException {
    Asked next = asked.poll(20, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }
}
