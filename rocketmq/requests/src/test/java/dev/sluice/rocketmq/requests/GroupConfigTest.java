package dev.sluice.rocketmq.requests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.requests.GroupConfig.Retries;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.HeaderForm;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.header.GetSubscriptionGroupConfigRequestHeader;
import org.apache.rocketmq.remoting.protocol.subscription.CustomizedRetryPolicy;
import org.apache.rocketmq.remoting.protocol.subscription.ExponentialRetryPolicy;
import org.apache.rocketmq.remoting.protocol.subscription.GroupRetryPolicy;
import org.apache.rocketmq.remoting.protocol.subscription.GroupRetryPolicyType;
import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;
import org.junit.jupiter.api.Test;

/** What RocketMQ's own code writes of a group is read, and what is written of one it reads. */
class GroupConfigTest {

  private static GroupConfig read(String json) {
    return new GetGroup("g")
        .read(
            RemotingCommand.response(
                0, 1, null, Fields.empty(), ByteBuffer.wrap(json.getBytes(UTF_8))));
  }

  private static GroupConfig read(SubscriptionGroupConfig official) {
    return read(RemotingSerializable.toJson(official, false));
  }

  private static org.apache.rocketmq.remoting.protocol.RemotingCommand official(Request<?> request)
      throws Exception {
    ByteBuf out = Unpooled.buffer();
    new FrameEncoder(HeaderForm.JSON).encode(request, 42, false, out);
    out.readInt();
    return org.apache.rocketmq.remoting.protocol.RemotingCommand.decode(out);
  }

  @Test
  void theRequestNamesTheGroup() throws Exception {
    var command = official(new GetGroup("group-1"));

    assertThat(command.getCode()).isEqualTo(352);
    assertThat(
            command
                .decodeCommandCustomHeader(GetSubscriptionGroupConfigRequestHeader.class)
                .getGroup())
        .isEqualTo("group-1");
  }

  @Test
  void aGroupThatNobodyConfiguredIsReadAsBrokersMeanIt() {
    var official = new SubscriptionGroupConfig();
    official.setGroupName("g");

    GroupConfig config = read(official);

    assertThat(config).isEqualTo(new GroupConfig("g", false, 16, Retries.USUAL));
    List<Long> usual = new ArrayList<>();
    for (long millis : new CustomizedRetryPolicy().getNext()) {
      usual.add(millis);
    }
    assertThat(config.retries()).isEqualTo(new Retries.Steps(usual));
  }

  @Test
  void aConfiguredGroupIsReadAsItIs() {
    var policy = new GroupRetryPolicy();
    policy.setType(GroupRetryPolicyType.CUSTOMIZED);
    policy.setCustomizedRetryPolicy(new CustomizedRetryPolicy(new long[] {7, 8, 9}));
    policy.setExponentialRetryPolicy(new ExponentialRetryPolicy(3, 100, 5));
    var official = new SubscriptionGroupConfig();
    official.setGroupName("g");
    official.setConsumeMessageOrderly(true);
    official.setRetryMaxTimes(3);
    official.setGroupRetryPolicy(policy);

    assertThat(read(official))
        .isEqualTo(new GroupConfig("g", true, 3, new Retries.Steps(List.of(7L, 8L, 9L))));
    policy.setType(GroupRetryPolicyType.EXPONENTIAL);
    assertThat(read(official).retries()).isEqualTo(new Retries.Growing(3, 100, 5));
    policy.setExponentialRetryPolicy(null);
    assertThat(read(official).retries()).isEqualTo(new Retries.Growing(5_000, 7_200_000, 2));
  }

  @Test
  void brokersReadTheWaitsOfACreatedGroup() throws Exception {
    var steps = new GroupConfig("g", true, 3, new Retries.Steps(List.of(7L, 8L)));
    var growing = new GroupConfig("g", false, 1, new Retries.Growing(3, 100, 5));

    var first =
        RemotingSerializable.decode(
            official(CreateGroup.of(steps)).getBody(), SubscriptionGroupConfig.class);
    var second =
        RemotingSerializable.decode(
            official(CreateGroup.of(growing)).getBody(), SubscriptionGroupConfig.class);

    assertThat(first.getRetryMaxTimes()).isEqualTo(3);
    assertThat(first.getGroupRetryPolicy().getCustomizedRetryPolicy().getNext())
        .containsExactly(7, 8);
    assertThat(second.getGroupRetryPolicy().getType()).isEqualTo(GroupRetryPolicyType.EXPONENTIAL);
    assertThat(read(first)).isEqualTo(steps);
    assertThat(read(second)).isEqualTo(growing);
  }

  @Test
  void whatIsNoConfigurationIsSaidToBeNone() {
    String many = "1,".repeat(1024) + "1";
    assertThatThrownBy(
            () ->
                read(
                    "{'groupName':'g','groupRetryPolicy':{'customizedRetryPolicy':{'next':["
                        + many
                        + "]}}}"))
        .isInstanceOf(WireException.class)
        .hasMessage("customizedRetryPolicy: 1025 steps (expected: at most 1024)");
    assertThatThrownBy(() -> read("{}")).hasMessage("groupName: absent (expected: a text)");
    assertThatThrownBy(
            () ->
                read(
                    "{'groupName':'g','groupRetryPolicy':{'customizedRetryPolicy':{'next':['x']}}}"))
        .hasMessage("next: \"x\" (expected: a number)");
    assertThat(read("{'groupName':'g','groupRetryPolicy':null}").retries())
        .isEqualTo(Retries.USUAL);
  }

  @Test
  void aMissingGroupIsRefused() {
    var refusal =
        RemotingCommand.response(
            ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
            1,
            "not there",
            Fields.empty(),
            ByteBuffer.allocate(0));

    assertThatThrownBy(() -> new GetGroup("g").read(refusal))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.responseCode()).isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST));
  }
}
