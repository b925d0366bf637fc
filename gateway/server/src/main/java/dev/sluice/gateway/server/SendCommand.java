package dev.sluice.gateway.server;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import io.grpc.StatusException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice send}: sends messages through a running gateway. */
@Command(
    name = "send",
    description = {
      "Sends messages through a running gateway and prints the id of each.",
      "",
      "Topics of the embedded broker come into being with the first message."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  sluice send --topic greetings --body 'hello'",
      "  sluice send --topic orders --body '{\"total\": 3}' --tag created --key order-7 --property"
          + " tenant=acme",
      "  sluice send --topic load --body x --count 1000",
      "  sluice send --topic files --body - < picture.png",
      ExitCodes.HELP
    })
final class SendCommand implements Callable<Integer> {
  @Option(
      names = {"-t", "--topic"},
      required = true,
      paramLabel = "<topic>",
      description = "Where to send.")
  private String topic = "";

  @Option(
      names = {"-b", "--body"},
      required = true,
      paramLabel = "<text>",
      description = "The message's body; '-' reads it from standard input.")
  private String body = "";

  @Option(names = "--tag", paramLabel = "<tag>", description = "What consumers may filter by.")
  private String tag = "";

  @Option(
      names = "--key",
      paramLabel = "<key>",
      description = "What the message can be looked up by.")
  private String key = "";

  @Option(
      names = "--property",
      paramLabel = "<name>=<value>",
      description = "A property of the message; may be given several times.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--count",
      paramLabel = "<n>",
      description = "How often to send it, 1 or more. Default: 1.")
  private int count = 1;

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (count < 1) {
      throw new CommandException(ExitCodes.USAGE, "--count: " + count + " (expected: 1 or more)");
    }
    ByteString content =
        body.equals("-") ? ByteString.readFrom(System.in) : ByteString.copyFromUtf8(body);
    GatewayClient client = gateway.connect();
    try (client) {
      send(client, content);
    } catch (StatusException e) {
      throw client.explain(e);
    }
    return ExitCodes.OK;
  }

  private void send(GatewayClient client, ByteString content)
      throws StatusException, InterruptedException {
    CreateProducerResponse producer =
        client.calls().createProducer(CreateProducerRequest.newBuilder().setTopic(topic).build());
    GatewayClient.check(producer.getSuccess(), producer.getFailureCode(), producer.getMessage());
    SendMessageRequest.Builder message =
        SendMessageRequest.newBuilder()
            .setProducerId(producer.getProducerId())
            .setTag(tag)
            .setProperties(
                MessageProperties.newBuilder().putAllProperties(properties).setMessageKey(key));
    if (content.isValidUtf8()) {
      message.setMessageBodyBytes(content);
    } else {
      message.setRawBody(content);
    }
    SendMessageRequest request = message.build();
    for (int i = 0; i < count; i++) {
      SendMessageResponse sent = client.calls().sendMessage(request);
      GatewayClient.check(sent.getSuccess(), sent.getFailureCode(), sent.getMessage());
      if (spec != null) {
        spec.commandLine().getOut().println(sent.getMessageId());
      }
    }
  }
}
