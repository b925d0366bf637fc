package dev.sluice.compatibility;

import static dev.sluice.compatibility.Requests.consumer;
import static dev.sluice.compatibility.Requests.queue;
import static dev.sluice.compatibility.Requests.resource;
import static dev.sluice.compatibility.Requests.seconds;
import static dev.sluice.compatibility.Requests.send;
import static dev.sluice.compatibility.Requests.tags;
import static dev.sluice.rocketmq.remoting.TopicSpec.MessageType.NORMAL;

import dev.sluice.gateway.proto.v2.AckMessageEntry;
import dev.sluice.gateway.proto.v2.AckMessageRequest;
import dev.sluice.gateway.proto.v2.ChangeInvisibleDurationRequest;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.FilterType;
import dev.sluice.gateway.proto.v2.ForwardMessageToDeadLetterQueueRequest;
import dev.sluice.gateway.proto.v2.GetOffsetRequest;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.PullMessageRequest;
import dev.sluice.gateway.proto.v2.QueryOffsetPolicy;
import dev.sluice.gateway.proto.v2.QueryOffsetRequest;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse;
import dev.sluice.gateway.proto.v2.SyncLiteSubscriptionRequest;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.proto.v2.UpdateOffsetRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What consumers may do. */
final class Receiving {

  private Receiving() {}

  static Stream<Case> cases() {
    return Stream.of(receives(), acknowledgements(), changes(), deadLetters(), positions())
        .flatMap(part -> part);
  }

  private static Stream<Case> receives() {
    return Stream.of(
        receive("a message", request -> request),
        receive("a message, to be renewed", request -> request.setAutoRenew(true)),
        receive("more than 32", request -> request.setBatchSize(64)),
        receive("none at all", request -> request.setBatchSize(0))
            .unlike("BAD_REQUEST", "MESSAGE_NOT_FOUND", Reason.BLAME),
        receive("invisible for a second", request -> request.setInvisibleDuration(seconds(1))),
        receive("invisible for 13 hours", request -> request.setInvisibleDuration(seconds(46_800))),
        receive(
            "invisible for no time said", ReceiveMessageRequest.Builder::clearInvisibleDuration),
        receive("a wait of a minute", request -> request.setLongPollingTimeout(seconds(60))),
        receive("no wait said", ReceiveMessageRequest.Builder::clearLongPollingTimeout),
        // Each side asks for its own: ours is there after that, for the other too.
        receive(
                "of an unknown topic",
                request -> request.setMessageQueue(queue("unknown-" + UUID.randomUUID())))
            .unlike("MESSAGE_NOT_FOUND", "TOPIC_NOT_FOUND", Reason.MADE_BY_SENDING),
        receive("of no topic", ReceiveMessageRequest.Builder::clearMessageQueue),
        receive("of no group", ReceiveMessageRequest.Builder::clearGroup),
        receive("of a group with a blank", request -> request.setGroup(resource("a group"))),
        receive("without a filter", ReceiveMessageRequest.Builder::clearFilterExpression),
        receive("of another tag", request -> request.setFilterExpression(tags("other"))),
        receive(
                "by a condition that is none",
                request ->
                    request.setFilterExpression(
                        FilterExpression.newBuilder().setType(FilterType.SQL).setExpression("a >")))
            .unlike("ILLEGAL_FILTER_EXPRESSION", "INTERNAL_SERVER_ERROR", Reason.BLAME),
        Case.of(
            "receive: where there is nothing",
            side -> {
              String topic = side.freshTopic(NORMAL);
              String group = side.group(topic);
              try (Caller caller =
                  Caller.that(side, consumer(ClientType.SIMPLE_CONSUMER, topic, group))) {
                return Caller.shapes(
                    caller.stub().receiveMessage(Requests.receive(topic, group).build()));
              }
            }),
        Case.of(
                "receive: by a client that told nothing",
                side -> {
                  Received received = Received.begin(side);
                  try (Caller caller = Caller.of(side)) {
                    return Caller.shapes(caller.stub().receiveMessage(received.request().build()));
                  }
                })
            .unlike(
                "OK, message=(topic=(name) user_properties[user] system_properties=(tag keys[]"
                    + " message_id body_digest=(type=MD5 checksum) body_encoding=IDENTITY"
                    + " message_type=NORMAL born_timestamp born_host store_timestamp store_host"
                    + " receipt_handle queue_offset delivery_attempt) body), delivery_timestamp",
                "INTERNAL_SERVER_ERROR",
                Reason.RESTART));
  }

  private static Stream<Case> acknowledgements() {
    return Stream.of(
        ack("of a message", request -> request),
        ack("by an invented handle", request -> request.setEntries(0, entry("invented")))
            .unlike(
                "INVALID_RECEIPT_HANDLE entries[(message_id receipt_handle"
                    + " INVALID_RECEIPT_HANDLE)]",
                "INTERNAL_SERVER_ERROR entries[(message_id receipt_handle INTERNAL_SERVER_ERROR)]",
                Reason.BLAME),
        ack("by no handle", request -> request.setEntries(0, entry("")))
            .unlike(
                "INVALID_RECEIPT_HANDLE entries[(message_id INVALID_RECEIPT_HANDLE)]",
                "INTERNAL_SERVER_ERROR entries[(message_id INTERNAL_SERVER_ERROR)]",
                Reason.BLAME),
        ack(
                "by a good handle and an invented one",
                request -> request.addEntries(entry("invented")))
            .unlike(
                "MULTIPLE_RESULTS entries[(message_id receipt_handle INVALID_RECEIPT_HANDLE),"
                    + " (message_id receipt_handle OK)]",
                "MULTIPLE_RESULTS entries[(message_id receipt_handle INTERNAL_SERVER_ERROR),"
                    + " (message_id receipt_handle OK)]",
                Reason.BLAME),
        ack("of nothing", AckMessageRequest.Builder::clearEntries)
            .unlike("BAD_REQUEST", "INTERNAL_SERVER_ERROR", Reason.BLAME),
        ack("for no group", AckMessageRequest.Builder::clearGroup),
        ack("for no topic", AckMessageRequest.Builder::clearTopic),
        Case.of(
                "ack: for another topic",
                side -> {
                  Received received = Received.begin(side);
                  try (Caller caller = received.consumer()) {
                    AckMessageRequest request =
                        received
                            .ack(received.message(caller))
                            .setTopic(resource(side.freshTopic(NORMAL)))
                            .build();
                    return caller.shape(stub -> stub.ackMessage(request));
                  }
                })
            .unlike(
                "INVALID_RECEIPT_HANDLE entries[(message_id receipt_handle"
                    + " INVALID_RECEIPT_HANDLE)]",
                "OK entries[(message_id receipt_handle OK)]",
                Reason.ITS_OWN),
        Case.of(
            "ack: twice",
            side -> {
              Received received = Received.begin(side);
              try (Caller caller = received.consumer()) {
                AckMessageRequest request = received.ack(received.message(caller)).build();
                return caller.shape(stub -> stub.ackMessage(request))
                    + ", then "
                    + caller.shape(stub -> stub.ackMessage(request));
              }
            }));
  }

  private static Stream<Case> changes() {
    return Stream.of(
        change("to a minute", request -> request),
        change("to a second", request -> request.setInvisibleDuration(seconds(1))),
        change("to 13 hours", request -> request.setInvisibleDuration(seconds(46_800)))
            .unlike(
                "ILLEGAL_INVISIBLE_TIME receipt_handle", "ILLEGAL_INVISIBLE_TIME", Reason.GO_ON),
        change("to no time said", ChangeInvisibleDurationRequest.Builder::clearInvisibleDuration),
        change("by an invented handle", request -> request.setReceiptHandle("invented"))
            .unlike("INVALID_RECEIPT_HANDLE receipt_handle", "INTERNAL_SERVER_ERROR", Reason.GO_ON),
        change("for no group", ChangeInvisibleDurationRequest.Builder::clearGroup)
            .unlike(
                "ILLEGAL_CONSUMER_GROUP receipt_handle", "ILLEGAL_CONSUMER_GROUP", Reason.GO_ON));
  }

  private static Stream<Case> deadLetters() {
    return Stream.of(
        deadLetter("a message", request -> request),
        deadLetter("by an invented handle", request -> request.setReceiptHandle("invented"))
            .unlike("INVALID_RECEIPT_HANDLE", "INTERNAL_SERVER_ERROR", Reason.BLAME),
        deadLetter("for no group", ForwardMessageToDeadLetterQueueRequest.Builder::clearGroup));
  }

  private static Stream<Case> positions() {
    return Stream.of(
        position(
                "pull: from the start",
                (caller, queue, group) ->
                    Caller.shapes(
                        caller
                            .stub()
                            .pullMessage(
                                PullMessageRequest.newBuilder()
                                    .setGroup(resource(group))
                                    .setMessageQueue(queue)
                                    .setFilterExpression(tags("*"))
                                    .setBatchSize(1)
                                    .setLongPollingTimeout(seconds(1))
                                    .build())))
            .unlike(
                "OK, message=(topic=(name) user_properties[user] system_properties=(tag keys[]"
                    + " message_id body_digest=(type=MD5 checksum) body_encoding=IDENTITY"
                    + " message_type=NORMAL born_timestamp born_host store_timestamp store_host"
                    + " queue_offset) body), next_offset",
                "gRPC UNIMPLEMENTED",
                Reason.UNIMPLEMENTED),
        position(
                "offset: updated",
                (caller, queue, group) ->
                    caller.shape(
                        stub ->
                            stub.updateOffset(
                                UpdateOffsetRequest.newBuilder()
                                    .setGroup(resource(group))
                                    .setMessageQueue(queue)
                                    .build())))
            .unlike("OK", "gRPC UNIMPLEMENTED", Reason.UNIMPLEMENTED),
        position(
                "offset: of a group",
                (caller, queue, group) ->
                    caller.shape(
                        stub ->
                            stub.getOffset(
                                GetOffsetRequest.newBuilder()
                                    .setGroup(resource(group))
                                    .setMessageQueue(queue)
                                    .build())))
            .unlike("OK", "gRPC UNIMPLEMENTED", Reason.UNIMPLEMENTED),
        position(
                "offset: of a queue's end",
                (caller, queue, group) ->
                    caller.shape(
                        stub ->
                            stub.queryOffset(
                                QueryOffsetRequest.newBuilder()
                                    .setMessageQueue(queue)
                                    .setQueryOffsetPolicy(QueryOffsetPolicy.END)
                                    .build())))
            .unlike("OK", "gRPC UNIMPLEMENTED", Reason.UNIMPLEMENTED),
        position(
            "lite: a subscription in a normal topic",
            (caller, queue, group) ->
                caller.shape(
                    stub ->
                        stub.syncLiteSubscription(
                            SyncLiteSubscriptionRequest.newBuilder()
                                .setGroup(resource(group))
                                .setTopic(queue.getTopic())
                                .addLiteTopicSet("l")
                                .build()))));
  }

  private static AckMessageEntry entry(String handle) {
    return AckMessageEntry.newBuilder().setMessageId("m").setReceiptHandle(handle).build();
  }

  private static Case receive(String name, UnaryOperator<ReceiveMessageRequest.Builder> spoil) {
    return Case.of(
        "receive: " + name,
        side -> {
          Received received = Received.begin(side);
          try (Caller caller = received.consumer()) {
            return Caller.shapes(
                caller.stub().receiveMessage(spoil.apply(received.request()).build()));
          }
        });
  }

  private static Case ack(String name, UnaryOperator<AckMessageRequest.Builder> spoil) {
    return Case.of(
        "ack: " + name,
        side -> {
          Received received = Received.begin(side);
          try (Caller caller = received.consumer()) {
            var request = received.ack(received.message(caller));
            return caller.shape(stub -> stub.ackMessage(spoil.apply(request).build()));
          }
        });
  }

  private static Case change(
      String name, UnaryOperator<ChangeInvisibleDurationRequest.Builder> spoil) {
    return Case.of(
        "change: " + name,
        side -> {
          Received received = Received.begin(side);
          try (Caller caller = received.consumer()) {
            Message message = received.message(caller);
            var request =
                ChangeInvisibleDurationRequest.newBuilder()
                    .setGroup(resource(received.group()))
                    .setTopic(resource(received.topic()))
                    .setMessageId(message.getSystemProperties().getMessageId())
                    .setReceiptHandle(message.getSystemProperties().getReceiptHandle())
                    .setInvisibleDuration(seconds(60));
            return caller.shape(stub -> stub.changeInvisibleDuration(spoil.apply(request).build()));
          }
        });
  }

  private static Case deadLetter(
      String name, UnaryOperator<ForwardMessageToDeadLetterQueueRequest.Builder> spoil) {
    return Case.of(
        "dead letter: " + name,
        side -> {
          Received received = Received.begin(side);
          try (Caller caller = received.consumer()) {
            Message message = received.message(caller);
            var request =
                ForwardMessageToDeadLetterQueueRequest.newBuilder()
                    .setGroup(resource(received.group()))
                    .setTopic(resource(received.topic()))
                    .setMessageId(message.getSystemProperties().getMessageId())
                    .setReceiptHandle(message.getSystemProperties().getReceiptHandle())
                    .setDeliveryAttempt(17)
                    .setMaxDeliveryAttempts(17);
            return caller.shape(
                stub -> stub.forwardMessageToDeadLetterQueue(spoil.apply(request).build()));
          }
        });
  }

  private static Case position(String name, OfQueue call) {
    return Case.of(
        name,
        side -> {
          Received received = Received.begin(side);
          try (Caller caller = received.consumer()) {
            return call.at(caller, received.queue(caller), received.group());
          }
        });
  }

  @FunctionalInterface
  private interface OfQueue {
    String at(Caller caller, MessageQueue queue, String group);
  }

  /** A topic with a message in it, and a group that is to get it. */
  private record Received(Side side, String topic, String group) {

    static Received begin(Side side) {
      String topic = side.freshTopic(NORMAL);
      String group = side.group(topic);
      try (Caller caller = Caller.of(side)) {
        caller
            .stub()
            .sendMessage(
                send(
                    Requests.message(
                            topic, SystemProperties.newBuilder().setTag("tag").addKeys("key"))
                        .putUserProperties("user", "property")));
      }
      return new Received(side, topic, group);
    }

    Caller consumer() throws InterruptedException {
      return Caller.that(side, Requests.consumer(ClientType.SIMPLE_CONSUMER, topic, group));
    }

    ReceiveMessageRequest.Builder request() {
      return Requests.receive(topic, group);
    }

    /** The topic's only one. */
    MessageQueue queue(Caller caller) {
      var request =
          QueryRouteRequest.newBuilder()
              .setTopic(resource(topic))
              .setEndpoints(Requests.endpoints())
              .build();
      return caller.stub().queryRoute(request).getMessageQueues(0);
    }

    /** The one there is, which a broker may be slow to give. */
    Message message(Caller caller) {
      List<ReceiveMessageResponse> answers = new ArrayList<>();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      do {
        caller.stub().receiveMessage(request().build()).forEachRemaining(answers::add);
      } while (answers.stream().noneMatch(ReceiveMessageResponse::hasMessage)
          && System.nanoTime() < end);
      return answers.stream()
          .filter(ReceiveMessageResponse::hasMessage)
          .findFirst()
          .orElseThrow(() -> new AssertionError("no message: " + answers))
          .getMessage();
    }

    AckMessageRequest.Builder ack(Message message) {
      SystemProperties properties = message.getSystemProperties();
      return AckMessageRequest.newBuilder()
          .setGroup(resource(group))
          .setTopic(resource(topic))
          .addEntries(
              AckMessageEntry.newBuilder()
                  .setMessageId(properties.getMessageId())
                  .setReceiptHandle(properties.getReceiptHandle()));
    }
  }
}
