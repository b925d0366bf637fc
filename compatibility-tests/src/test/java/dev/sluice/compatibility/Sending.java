package dev.sluice.compatibility;

import static dev.sluice.compatibility.Requests.in;
import static dev.sluice.compatibility.Requests.message;
import static dev.sluice.compatibility.Requests.resource;
import static dev.sluice.compatibility.Requests.seconds;
import static dev.sluice.compatibility.Requests.send;
import static dev.sluice.rocketmq.remoting.TopicSpec.MessageType.DELAY;
import static dev.sluice.rocketmq.remoting.TopicSpec.MessageType.FIFO;
import static dev.sluice.rocketmq.remoting.TopicSpec.MessageType.NORMAL;
import static dev.sluice.rocketmq.remoting.TopicSpec.MessageType.TRANSACTION;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.v2.Digest;
import dev.sluice.gateway.proto.v2.DigestType;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.EndTransactionRequest;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.RecallMessageRequest;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.SendResultEntry;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.proto.v2.TransactionResolution;
import dev.sluice.gateway.proto.v2.TransactionSource;
import dev.sluice.rocketmq.remoting.TopicSpec;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;

/** What producers may do. */
final class Sending {

  private Sending() {}

  static Stream<Case> cases() {
    return Stream.of(good(), topics(), bodies(), properties(), types(), transactions(), recalls())
        .flatMap(part -> part);
  }

  private static Stream<Case> good() {
    return Stream.of(
        one("a normal message", NORMAL, topic -> message(topic)),
        one(
            "a message with a group",
            FIFO,
            topic -> message(topic, typed(MessageType.FIFO).setMessageGroup("g"))),
        one("a delayed message", DELAY, topic -> message(topic, delayed(Duration.ofMinutes(5)))),
        one("a half message", TRANSACTION, topic -> message(topic, typed(MessageType.TRANSACTION))),
        call("a message of a client that told nothing", NORMAL, topic -> send(message(topic))),
        call("two messages", NORMAL, topic -> send(message(topic), message(topic))),
        call("two messages of a group", FIFO, topic -> send(fifo(topic), fifo(topic))),
        Case.of(
            "a message without a client id",
            side -> {
              try (Caller caller = Caller.nameless(side)) {
                return caller.shape(stub -> stub.sendMessage(send(message(side.topic(NORMAL)))));
              }
            }));
  }

  private static Stream<Case> topics() {
    return Stream.of(
        call("no messages", NORMAL, topic -> SendMessageRequest.getDefaultInstance())
            .unlike("BAD_REQUEST", "MESSAGE_CORRUPTED", Reason.BLAME),
        call("messages of two topics", NORMAL, topic -> send(message(topic), message(topic + "x")))
            .unlike("ILLEGAL_TOPIC", "MESSAGE_CORRUPTED", Reason.BLAME),
        one("an unknown topic", NORMAL, topic -> message(topic + "-unknown"))
            .unlike(
                "OK entries[(OK message_id)]",
                "MESSAGE_PROPERTY_CONFLICT_WITH_TYPE",
                Reason.MADE_BY_SENDING),
        one("no topic", NORMAL, topic -> message("")),
        one("a topic with a blank", NORMAL, topic -> message("a topic")),
        one("a topic of 128 characters", NORMAL, topic -> message("t".repeat(128))),
        one("a system topic", NORMAL, topic -> message("SCHEDULE_TOPIC_XXXX")),
        one("a retry topic", NORMAL, topic -> message("%RETRY%" + topic))
            .unlike("OK entries[(OK message_id)]", "TOPIC_NOT_FOUND", Reason.MADE_BY_SENDING));
  }

  private static Stream<Case> bodies() {
    return Stream.of(
        one("an empty body", NORMAL, topic -> message(topic).setBody(ByteString.EMPTY)),
        one(
            "a body of 4 MiB and a byte",
            NORMAL,
            topic -> message(topic).setBody(ByteString.copyFrom(new byte[(4 << 20) + 1]))),
        one(
            "no encoding",
            NORMAL,
            topic -> without(message(topic), SystemProperties.Builder::clearBodyEncoding)),
        one(
            "an encoding of GZIP",
            NORMAL,
            topic -> message(topic, SystemProperties.newBuilder().setBodyEncoding(Encoding.GZIP))),
        one("a wrong digest of MD5", NORMAL, topic -> digest(topic, DigestType.MD5))
            .unlike("MESSAGE_CORRUPTED", "OK entries[(OK message_id)]", Reason.DAMAGED),
        one("a wrong digest of CRC32", NORMAL, topic -> digest(topic, DigestType.CRC32))
            .unlike("MESSAGE_CORRUPTED", "OK entries[(OK message_id)]", Reason.DAMAGED),
        one("a wrong digest of SHA1", NORMAL, topic -> digest(topic, DigestType.SHA1))
            .unlike("MESSAGE_CORRUPTED", "OK entries[(OK message_id)]", Reason.DAMAGED));
  }

  private static Stream<Case> properties() {
    return Stream.of(
        one(
            "no message id",
            NORMAL,
            topic -> without(message(topic), SystemProperties.Builder::clearMessageId)),
        one(
            "a tag with a bar",
            NORMAL,
            topic -> message(topic, SystemProperties.newBuilder().setTag("a|b"))),
        one(
            "a blank tag",
            NORMAL,
            topic -> message(topic, SystemProperties.newBuilder().setTag(" "))),
        one(
            "a tag with a control character",
            NORMAL,
            topic -> message(topic, SystemProperties.newBuilder().setTag("a\u0001"))),
        one(
            "a blank key",
            NORMAL,
            topic -> message(topic, SystemProperties.newBuilder().addKeys(" "))),
        one(
            "a key with a control character",
            NORMAL,
            topic -> message(topic, SystemProperties.newBuilder().addKeys("a\u0001"))),
        one(
            "a user property by a system's name",
            NORMAL,
            topic -> message(topic).putUserProperties("KEYS", "k")),
        one(
            "a user property with a control character",
            NORMAL,
            topic -> message(topic).putUserProperties("a\u0001", "v")),
        one("129 user properties", NORMAL, topic -> many(message(topic))),
        one(
            "user properties over 16 KiB",
            NORMAL,
            topic -> message(topic).putUserProperties("p", "v".repeat(16_385))),
        one(
            "a message group of 64 bytes",
            FIFO,
            topic -> message(topic, typed(MessageType.FIFO).setMessageGroup("g".repeat(64)))),
        one(
            "a blank message group",
            FIFO,
            topic -> message(topic, typed(MessageType.FIFO).setMessageGroup(" "))),
        one("a delay of 25 hours", DELAY, topic -> message(topic, delayed(Duration.ofHours(25)))),
        one("a delay that is over", DELAY, topic -> message(topic, delayed(Duration.ofHours(-1)))),
        one(
            "a recovery after two hours",
            TRANSACTION,
            topic ->
                message(
                    topic,
                    typed(MessageType.TRANSACTION)
                        .setOrphanedTransactionRecoveryDuration(seconds(7_200)))),
        one(
                "a negative priority",
                NORMAL,
                topic -> message(topic, SystemProperties.newBuilder().setPriority(-1)))
            .unlike("BAD_REQUEST", "INTERNAL_SERVER_ERROR", Reason.BLAME));
  }

  private static Stream<Case> types() {
    return Stream.of(
        one("FIFO in a normal topic", NORMAL, topic -> fifo(topic)),
        one(
            "delayed in a normal topic",
            NORMAL,
            topic -> message(topic, delayed(Duration.ofMinutes(5)))),
        one(
            "transactional in a normal topic",
            NORMAL,
            topic -> message(topic, typed(MessageType.TRANSACTION))),
        one("normal in a FIFO topic", FIFO, topic -> message(topic)),
        one(
                "FIFO without a group in a FIFO topic",
                FIFO,
                topic -> message(topic, typed(MessageType.FIFO)))
            .unlike("ILLEGAL_MESSAGE_GROUP", "MESSAGE_PROPERTY_CONFLICT_WITH_TYPE", Reason.BLAME),
        one(
            "normal by name with a group in a FIFO topic",
            FIFO,
            topic -> message(topic, SystemProperties.newBuilder().setMessageGroup("g"))),
        one(
            "no type in a normal topic",
            NORMAL,
            topic -> without(message(topic), SystemProperties.Builder::clearMessageType)),
        one(
            "a group and a delay",
            NORMAL,
            topic -> message(topic, delayed(Duration.ofMinutes(5)).setMessageGroup("g"))),
        one(
            "a lite message in a normal topic",
            NORMAL,
            topic -> message(topic, typed(MessageType.LITE).setLiteTopic("l"))),
        one(
            "a priority in a normal topic",
            NORMAL,
            topic -> message(topic, typed(MessageType.PRIORITY).setPriority(1))));
  }

  private static Stream<Case> transactions() {
    return Stream.of(
        end("a commit", TransactionResolution.COMMIT, entry -> entry),
        end("a rollback", TransactionResolution.ROLLBACK, entry -> entry),
        end(
            "neither commit nor rollback",
            TransactionResolution.TRANSACTION_RESOLUTION_UNSPECIFIED,
            entry -> entry),
        end(
                "an invented transaction",
                TransactionResolution.COMMIT,
                entry -> entry.toBuilder().setTransactionId("invented").build())
            .unlike("INVALID_TRANSACTION_ID", "INTERNAL_SERVER_ERROR", Reason.BLAME),
        end(
            "no transaction",
            TransactionResolution.COMMIT,
            entry -> entry.toBuilder().clearTransactionId().build()),
        end(
            "no message id",
            TransactionResolution.COMMIT,
            entry -> entry.toBuilder().clearMessageId().build()));
  }

  private static Stream<Case> recalls() {
    return Stream.of(
        recall("a recall", handle -> handle),
        recall("a recall by an invented handle", handle -> "invented")
            .unlike("BAD_REQUEST", "INTERNAL_SERVER_ERROR", Reason.BLAME),
        recall("a recall by no handle", handle -> "")
            .unlike("BAD_REQUEST", "INTERNAL_SERVER_ERROR", Reason.BLAME));
  }

  private static SystemProperties.Builder typed(MessageType type) {
    return SystemProperties.newBuilder().setMessageType(type);
  }

  private static SystemProperties.Builder delayed(Duration delay) {
    return typed(MessageType.DELAY).setDeliveryTimestamp(in(delay));
  }

  private static Message.Builder fifo(String topic) {
    return message(topic, typed(MessageType.FIFO).setMessageGroup("g"));
  }

  private static Message.Builder digest(String topic, DigestType type) {
    return message(
        topic,
        SystemProperties.newBuilder()
            .setBodyDigest(Digest.newBuilder().setType(type).setChecksum("0123")));
  }

  private static Message.Builder many(Message.Builder message) {
    for (int i = 0; i < 129; i++) {
      message.putUserProperties("p" + i, "v");
    }
    return message;
  }

  private static Message.Builder without(
      Message.Builder message, Function<SystemProperties.Builder, SystemProperties.Builder> clear) {
    return message.setSystemProperties(clear.apply(message.getSystemProperties().toBuilder()));
  }

  /** A message, sent by a producer of the topic. */
  private static Case one(
      String name, TopicSpec.MessageType type, Function<String, Message.Builder> message) {
    return Case.of(
        "send: " + name,
        side -> {
          String topic = side.topic(type);
          try (Caller caller = Caller.that(side, Requests.producer(topic))) {
            return caller.shape(stub -> stub.sendMessage(send(message.apply(topic))));
          }
        });
  }

  /** A request by a client that has told nothing. */
  private static Case call(
      String name, TopicSpec.MessageType type, Function<String, SendMessageRequest> request) {
    return Case.of(
        "send: " + name,
        side -> {
          String topic = side.topic(type);
          try (Caller caller = Caller.of(side)) {
            return caller.shape(stub -> stub.sendMessage(request.apply(topic)));
          }
        });
  }

  private static Case end(
      String name,
      TransactionResolution resolution,
      Function<SendResultEntry, SendResultEntry> spoil) {
    return Case.of(
        "end: " + name,
        side -> {
          String topic = side.topic(TRANSACTION);
          try (Caller caller = Caller.that(side, Requests.producer(topic))) {
            SendResultEntry entry =
                spoil.apply(
                    caller
                        .stub()
                        .sendMessage(send(message(topic, typed(MessageType.TRANSACTION))))
                        .getEntries(0));
            return caller.shape(
                stub ->
                    stub.endTransaction(
                        EndTransactionRequest.newBuilder()
                            .setTopic(resource(topic))
                            .setMessageId(entry.getMessageId())
                            .setTransactionId(entry.getTransactionId())
                            .setResolution(resolution)
                            .setSource(TransactionSource.SOURCE_CLIENT)
                            .build()));
          }
        });
  }

  private static Case recall(String name, Function<String, String> spoil) {
    return Case.of(
        "recall: " + name,
        side -> {
          String topic = side.topic(DELAY);
          try (Caller caller = Caller.that(side, Requests.producer(topic))) {
            String handle =
                caller
                    .stub()
                    .sendMessage(send(message(topic, delayed(Duration.ofMinutes(5)))))
                    .getEntries(0)
                    .getRecallHandle();
            return caller.shape(
                stub ->
                    stub.recallMessage(
                        RecallMessageRequest.newBuilder()
                            .setTopic(resource(topic))
                            .setRecallHandle(spoil.apply(handle))
                            .build()));
          }
        });
  }
}
