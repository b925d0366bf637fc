package dev.sluice.gateway.proto;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.TimestampProto;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.MessageFrame;
import dev.sluice.gateway.proto.proxy.MessageToSend;
import dev.sluice.gateway.proto.proxy.MessageToSendFrame;
import dev.sluice.gateway.proto.proxy.Rocketmq;
import dev.sluice.gateway.proto.proxy.RocketmqFrames;
import dev.sluice.gateway.proto.proxy.SendDelayMessageFrame;
import dev.sluice.gateway.proto.proxy.SendDelayMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageFrame;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessagesFrame;
import dev.sluice.gateway.proto.proxy.SendMessagesRequest;
import dev.sluice.gateway.proto.proxy.SendOrderedMessageFrame;
import dev.sluice.gateway.proto.proxy.SendOrderedMessageRequest;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageFrame;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageRequest;
import dev.sluice.gateway.proto.proxy.TransactionCheck;
import dev.sluice.gateway.proto.proxy.TransactionCheckFrame;
import dev.sluice.gateway.proto.v2.Definition;
import dev.sluice.gateway.proto.v2.Service;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The protocols are those that deployed clients speak. */
class ContractTest {

  private static final Pattern FIELD = Pattern.compile("field (\\w+) (\\d+) .*");
  private static final Map<Descriptor, Descriptor> FRAMES =
      Map.of(
          SendMessageFrame.getDescriptor(), SendMessageRequest.getDescriptor(),
          SendOrderedMessageFrame.getDescriptor(), SendOrderedMessageRequest.getDescriptor(),
          SendDelayMessageFrame.getDescriptor(), SendDelayMessageRequest.getDescriptor(),
          SendTransactionMessageFrame.getDescriptor(),
              SendTransactionMessageRequest.getDescriptor(),
          MessageToSendFrame.getDescriptor(), MessageToSend.getDescriptor(),
          SendMessagesFrame.getDescriptor(), SendMessagesRequest.getDescriptor(),
          TransactionCheckFrame.getDescriptor(), TransactionCheck.getDescriptor(),
          MessageFrame.getDescriptor(), Message.getDescriptor());

  @Test
  void theProxyServiceIsTheOneThatDeployedSdksKnowAndOursStartsAtField100() throws Exception {
    // given
    Set<String> theirs = Contract.expected("/rocketmq-proxy.txt");

    // when
    Set<String> served = Contract.of(Rocketmq.getDescriptor());

    // then
    assertThat(Rocketmq.getDescriptor().getPackage()).isEqualTo("rocketmq");
    assertThat(served).containsAll(theirs);
    Set<String> known = theirs.stream().map(ContractTest::message).collect(toSet());
    Set<String> ours = new TreeSet<>(served);
    ours.removeAll(theirs);
    assertThat(ours)
        .filteredOn(line -> line.startsWith("field ") && known.contains(message(line)))
        .isNotEmpty()
        .allSatisfy(
            line -> {
              Matcher field = FIELD.matcher(line);
              assertThat(field.matches()).isTrue();
              assertThat(Integer.parseInt(field.group(2))).isGreaterThanOrEqualTo(100);
            });
  }

  /** The message that a line is about; the line itself where it is about something else. */
  private static String message(String line) {
    Matcher field = FIELD.matcher(line);
    return field.matches() ? field.group(1) : line;
  }

  @Test
  void framesAreTheMessagesThatTheyStandForWithTheBodyAsBytes() {
    assertThat(FRAMES.keySet())
        .containsExactlyInAnyOrderElementsOf(RocketmqFrames.getDescriptor().getMessageTypes());
    FRAMES.forEach(
        (frame, stoodFor) ->
            assertThat(fields(frame))
                .as(frame.getName())
                .isEqualTo(withBodyAsBytes(fields(stoodFor))));
  }

  private static List<String> fields(Descriptor message) {
    return message.getFields().stream().map(ContractTest::describe).toList();
  }

  private static String describe(FieldDescriptor field) {
    String type = field.isMapField() ? "map" : field.getType().name();
    return field.getNumber() + " " + field.getName() + " " + type;
  }

  private static List<String> withBodyAsBytes(List<String> fields) {
    return fields.stream()
        .map(f -> f.replace("message_body STRING", "message_body BYTES"))
        .toList();
  }

  @Test
  void theV2ServiceIsExactlyTheOneThatItsClientsKnow() throws Exception {
    // when
    Set<String> served = Contract.of(Definition.getDescriptor(), Service.getDescriptor());

    // then
    assertThat(Definition.getDescriptor().getPackage()).isEqualTo("apache.rocketmq.v2");
    assertThat(Service.getDescriptor().getPackage()).isEqualTo("apache.rocketmq.v2");
    assertThat(served).isEqualTo(Contract.expected("/apache-rocketmq-v2.txt"));
  }

  @Test
  void theV2ServiceHasAllThatTheOfficialClientsOwnClassesDescribe() throws Exception {
    // given the client's descriptors, which its shaded protobuf made, through their bytes
    FileDescriptor[] basics = {DurationProto.getDescriptor(), TimestampProto.getDescriptor()};
    FileDescriptor definition =
        FileDescriptor.buildFrom(
            FileDescriptorProto.parseFrom(
                apache.rocketmq.v2.MQDomain.getDescriptor().toProto().toByteArray()),
            basics);
    FileDescriptor service =
        FileDescriptor.buildFrom(
            FileDescriptorProto.parseFrom(
                apache.rocketmq.v2.MQService.getDescriptor().toProto().toByteArray()),
            new FileDescriptor[] {basics[0], basics[1], definition});

    // when
    Set<String> official = Contract.of(definition, service);

    // then
    assertThat(official).hasSizeGreaterThan(200);
    assertThat(Contract.of(Definition.getDescriptor(), Service.getDescriptor()))
        .containsAll(official);
  }
}
