package dev.sluice.gateway.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerResponse;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.StartPosition;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice receive}: prints messages that come through a running gateway. */
@Command(
    name = "receive",
    description = {
      "Receives messages through a running gateway, prints each body on a line and acknowledges"
          + " it.",
      "",
      "The members of a group share a topic's messages; each group gets all of them. Ends at --max"
          + " or --timeout, or with Ctrl-C. What was received and not acknowledged comes again."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  sluice receive --topic greetings --group readers",
      "  sluice receive --topic greetings --group readers --max 10 --timeout 5s",
      "  sluice receive --topic orders --group audit --tags 'created||paid' --format json",
      "  sluice receive --topic orders --group peek --no-ack --max 1 --timeout 5s",
      ExitCodes.HELP,
      "With --max, also 1 when fewer messages came in time."
    })
final class ReceiveCommand implements Callable<Integer> {
  private static final JsonFactory JSON = new JsonFactory();
  private static final SettingKind.Time TIME =
      new SettingKind.Time(Duration.ofMillis(1), Duration.ofHours(24));
  private static final long FOR_EVER_SECONDS = TimeUnit.DAYS.toSeconds(3650);

  /** Where a group begins that has never consumed the topic. */
  enum From {
    earliest,
    latest
  }

  /** How messages are printed. */
  enum Format {
    body,
    json
  }

  @Option(
      names = {"-t", "--topic"},
      required = true,
      paramLabel = "<topic>",
      description = "What to receive.")
  private String topic = "";

  @Option(
      names = {"-g", "--group"},
      required = true,
      paramLabel = "<group>",
      description = "The consumer group to be a member of; comes into being with its first member.")
  private String group = "";

  @Option(
      names = "--tags",
      paramLabel = "<expression>",
      description = "Only messages with one of these tags, 'a||b'. Default: *, all messages.")
  private String tags = "*";

  @Option(
      names = "--max",
      paramLabel = "<n>",
      description = "End after this many messages. Default: never.")
  private int max = Integer.MAX_VALUE;

  @Option(
      names = "--timeout",
      paramLabel = "<duration>",
      description = "End when no message came for so long: 500ms, 5s, 1m. Default: never.")
  private String timeout = "";

  @Option(names = "--no-ack", description = "Acknowledge nothing: the messages come again.")
  private boolean noAck;

  @Option(
      names = "--from",
      paramLabel = "<position>",
      description = "Where a new group begins: ${COMPLETION-CANDIDATES}. Default: earliest.")
  private From from = From.earliest;

  @Option(
      names = "--format",
      paramLabel = "<format>",
      description =
          "body: bodies as they are, one per line; json: one object per line with everything else"
              + " too. Default: body.")
  private Format format = Format.body;

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (max < 1) {
      throw new CommandException(ExitCodes.USAGE, "--max: " + max + " (expected: 1 or more)");
    }
    Duration patience =
        timeout.isEmpty() ? Duration.ofSeconds(FOR_EVER_SECONDS) : TIME.read(timeout);
    if (patience == null) {
      throw new CommandException(
          ExitCodes.USAGE, "--timeout: " + timeout + " (expected: " + TIME.expected() + ")");
    }
    GatewayClient client = gateway.connect();
    try (client) {
      return receive(client, patience);
    } catch (StatusException e) {
      throw client.explain(e);
    }
  }

  private int receive(GatewayClient client, Duration patience)
      throws StatusException, InterruptedException, IOException {
    CreateConsumerResponse consumer =
        client
            .calls()
            .createConsumer(
                CreateConsumerRequest.newBuilder()
                    .setTopic(topic)
                    .setGroupId(group)
                    .setTagExpression(tags)
                    .setStartPosition(
                        from == From.earliest ? StartPosition.EARLIEST : StartPosition.LATEST)
                    .build());
    GatewayClient.check(consumer.getSuccess(), consumer.getFailureCode(), consumer.getMessage());
    String id = consumer.getConsumerId();
    BlockingClientCall<?, Message> stream =
        client
            .streams()
            .receiveMessages(ReceiveMessagesRequest.newBuilder().setConsumerId(id).build());
    int received = 0;
    while (received < max) {
      Message message = next(stream, patience);
      if (message == null) {
        break;
      }
      received++;
      print(message);
      if (!noAck) {
        acknowledge(client, id, message);
      }
    }
    stream.cancel("received enough", null);
    return received < max && max != Integer.MAX_VALUE ? ExitCodes.FAILED : ExitCodes.OK;
  }

  /** Null when the patience or the stream has ended. */
  private static @Nullable Message next(BlockingClientCall<?, Message> stream, Duration patience)
      throws StatusException, InterruptedException {
    try {
      return stream.read(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    }
  }

  private static void acknowledge(GatewayClient client, String consumerId, Message message)
      throws StatusException, InterruptedException {
    AckMessageResponse answer =
        client
            .calls()
            .ackMessage(
                AckMessageRequest.newBuilder()
                    .setConsumerId(consumerId)
                    .setReceiptHandle(message.getReceiptHandle())
                    .build());
    GatewayClient.check(answer.getSuccess(), answer.getFailureCode(), answer.getMessage());
  }

  private void print(Message message) throws IOException {
    var out = spec.commandLine().getOut();
    if (format == Format.json) {
      out.println(json(message));
    } else if (message.getRawBody().isEmpty()) {
      out.println(message.getMessageBody());
    } else {
      out.flush();
      message.getRawBody().writeTo(System.out);
      System.out.println();
    }
  }

  private static String json(Message message) throws IOException {
    StringWriter text = new StringWriter();
    ByteString raw = message.getRawBody();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("id", message.getMessageId());
      if (raw.isEmpty()) {
        json.writeStringField("body", message.getMessageBody());
      } else {
        json.writeStringField("body_base64", Base64.getEncoder().encodeToString(raw.toByteArray()));
      }
      json.writeStringField("tag", message.getTag());
      json.writeObjectFieldStart("properties");
      for (Map.Entry<String, String> property : message.getPropertiesMap().entrySet()) {
        json.writeStringField(property.getKey(), property.getValue());
      }
      json.writeEndObject();
      json.writeNumberField("born", message.getBornTimestamp());
      json.writeNumberField("delivered_before", message.getReconsumeTimes());
      json.writeStringField("receipt_handle", message.getReceiptHandle());
      json.writeEndObject();
    }
    return text.toString();
  }
}
