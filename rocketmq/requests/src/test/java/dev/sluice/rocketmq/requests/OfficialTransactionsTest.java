package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.wire.FrameDecoder;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.FrameLimits;
import dev.sluice.rocketmq.wire.HeaderForm;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;
import org.apache.rocketmq.remoting.protocol.LanguageCode;
import org.apache.rocketmq.remoting.protocol.body.Connection;
import org.apache.rocketmq.remoting.protocol.body.ConsumerConnection;
import org.apache.rocketmq.remoting.protocol.header.CheckTransactionStateRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.EndTransactionRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.GetConsumerConnectionListRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.GetConsumerListByGroupRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.GetConsumerListByGroupResponseBody;
import org.apache.rocketmq.remoting.protocol.heartbeat.SubscriptionData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transactions and group members, as RocketMQ's own code writes and reads them. */
class OfficialTransactionsTest {
  private static final HalfMessage HALF =
      new HalfMessage("broker-a", "orders", "producers", "id-1", 17, 4_096);

  private static org.apache.rocketmq.remoting.protocol.RemotingCommand official(Request<?> request)
      throws Exception {
    ByteBuf out = Unpooled.buffer();
    new FrameEncoder(HeaderForm.BINARY).encode(request, 42, false, out);
    out.readInt();
    return org.apache.rocketmq.remoting.protocol.RemotingCommand.decode(out);
  }

  private static RemotingCommand ours(
      org.apache.rocketmq.remoting.protocol.RemotingCommand official) {
    return Objects.requireNonNull(
        new FrameDecoder(FrameLimits.defaults()).decode(Unpooled.wrappedBuffer(official.encode())));
  }

  @ParameterizedTest
  @CsvSource({"COMMIT, 8", "ROLLBACK, 12", "UNKNOWN, 0"})
  void officialReadsHowATransactionEnds(EndTransaction.Resolution resolution, int code)
      throws Exception {
    EndTransactionRequestHeader header =
        official(new EndTransaction(HALF, resolution, true))
            .decodeCommandCustomHeader(EndTransactionRequestHeader.class);

    assertThat(header.getCommitOrRollback()).isEqualTo(code);
    assertThat(header.getFromTransactionCheck()).isTrue();
    assertThat(header.getTopic()).isEqualTo("orders");
    assertThat(header.getProducerGroup()).isEqualTo("producers");
    assertThat(header.getTranStateTableOffset()).isEqualTo(17);
    assertThat(header.getCommitLogOffset()).isEqualTo(4_096);
    assertThat(header.getMsgId()).isEqualTo("id-1");
    assertThat(header.getTransactionId()).isEqualTo("id-1");
    assertThat(header.getBrokerName()).isEqualTo("broker-a");
  }

  @Test
  void readsTheOfficialCheckOfATransaction() throws Exception {
    CheckTransactionStateRequestHeader header = new CheckTransactionStateRequestHeader();
    header.setTopic("RMQ_SYS_TRANS_HALF_TOPIC");
    header.setTranStateTableOffset(17L);
    header.setCommitLogOffset(4_096L);
    header.setMsgId("id-1");
    header.setBrokerName("broker-a");

    TransactionCheck check = TransactionCheck.read(check(header, "producers"));

    assertThat(check.half()).isEqualTo(HALF);
    assertThat(check.message().topic()).isEqualTo("orders");
    assertThat(check.message().property("colour")).isEqualTo("blue");
    assertThat(
            StandardCharsets.UTF_8.decode(check.message().body().require().duplicate()).toString())
        .isEqualTo("order 7");
  }

  @Test
  void aCheckOfABrokerThatDoesNotNameItselfIsNamedLater() throws Exception {
    CheckTransactionStateRequestHeader header = new CheckTransactionStateRequestHeader();
    header.setTranStateTableOffset(17L);
    header.setCommitLogOffset(4_096L);
    header.setMsgId("id-1");

    TransactionCheck check = TransactionCheck.read(check(header, "producers"));

    assertThat(check.half().brokerName()).isEmpty();
    assertThat(check.of("broker-a").half()).isEqualTo(HALF);
  }

  @Test
  void aCheckOfNobodysTransactionIsRefused() {
    CheckTransactionStateRequestHeader header = new CheckTransactionStateRequestHeader();
    header.setTranStateTableOffset(17L);
    header.setCommitLogOffset(4_096L);
    header.setBrokerName("broker-a");

    assertThatThrownBy(() -> TransactionCheck.read(check(header, null)))
        .isInstanceOf(WireException.class)
        .hasMessage("half message id-1: no producer group (expected: one)");
  }

  private static RemotingCommand check(
      CheckTransactionStateRequestHeader header, @Nullable String producerGroup) throws Exception {
    MessageExt message = new MessageExt();
    message.setTopic("orders");
    message.setBody("order 7".getBytes(StandardCharsets.UTF_8));
    message.setBornHost(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1234));
    message.setStoreHost(new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911));
    message.setSysFlag(MessageSysFlag.TRANSACTION_PREPARED_TYPE);
    message.putUserProperty("colour", "blue");
    message.getProperties().put("UNIQ_KEY", "id-1");
    if (producerGroup != null) {
      message.getProperties().put("PGROUP", producerGroup);
    }
    var request =
        org.apache.rocketmq.remoting.protocol.RemotingCommand.createRequestCommand(39, header);
    request.setBody(MessageDecoder.encode(message, false));
    request.markOnewayRPC();
    return ours(request);
  }

  @Test
  void readsTheOfficialMembersOfAGroup() throws Exception {
    ConsumerConnection official = new ConsumerConnection();
    Connection member = new Connection();
    member.setClientId("client-1");
    member.setClientAddr("127.0.0.1:5555");
    member.setLanguage(LanguageCode.JAVA);
    member.setVersion(513);
    official.getConnectionSet().add(member);
    SubscriptionData subscription = new SubscriptionData("orders", "a || b");
    subscription.getTagsSet().add("a");
    subscription.getCodeSet().add("a".hashCode());
    subscription.setSubVersion(5);
    official.getSubscriptionTable().put("orders", subscription);
    var answer =
        org.apache.rocketmq.remoting.protocol.RemotingCommand.createResponseCommand(0, null);
    answer.setBody(official.encode());
    GroupConnections.Get get = new GroupConnections.Get("group-1");

    GroupConnections connections = get.read(ours(answer));

    assertThat(
            official(get)
                .decodeCommandCustomHeader(GetConsumerConnectionListRequestHeader.class)
                .getConsumerGroup())
        .isEqualTo("group-1");
    assertThat(connections.members())
        .containsExactly(new GroupConnections.Member("client-1", "127.0.0.1:5555"));
    assertThat(connections.subscriptions())
        .isEqualTo(Map.of("orders", new Heartbeat.Subscription("orders", "TAG", "a || b", 5)));
  }

  @Test
  void aGroupWithoutMembersHasNone() {
    var answer =
        org.apache.rocketmq.remoting.protocol.RemotingCommand.createResponseCommand(
            206, "the consumer group[group-1] not online");

    assertThat(new GroupConnections.Get("group-1").read(ours(answer)))
        .isEqualTo(GroupConnections.NONE);
  }

  @Test
  void readsTheOfficialIdsOfAGroupsMembers() throws Exception {
    GetConsumerListByGroupResponseBody official = new GetConsumerListByGroupResponseBody();
    official.setConsumerIdList(List.of("client-1", "client-2"));
    var answer =
        org.apache.rocketmq.remoting.protocol.RemotingCommand.createResponseCommand(0, null);
    answer.setBody(official.encode());
    GroupMemberIds get = new GroupMemberIds("group-1");

    assertThat(get.read(ours(answer))).containsExactly("client-1", "client-2");
    assertThat(
            official(get)
                .decodeCommandCustomHeader(GetConsumerListByGroupRequestHeader.class)
                .getConsumerGroup())
        .isEqualTo("group-1");
  }

  @Test
  void aGroupWithoutMembersHasNoIds() {
    var answer =
        org.apache.rocketmq.remoting.protocol.RemotingCommand.createResponseCommand(
            1, "no consumer for this group, group-1");
    var refusal =
        org.apache.rocketmq.remoting.protocol.RemotingCommand.createResponseCommand(1, "system");
    GroupMemberIds get = new GroupMemberIds("group-1");

    assertThat(get.read(ours(answer))).isEmpty();
    assertThatThrownBy(() -> get.read(ours(refusal))).isInstanceOf(RefusedException.class);
  }
}
