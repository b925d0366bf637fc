package dev.sluice.compatibility;

import static dev.sluice.compatibility.Requests.consumer;
import static dev.sluice.compatibility.Requests.endpoints;
import static dev.sluice.compatibility.Requests.producer;
import static dev.sluice.compatibility.Requests.resource;
import static dev.sluice.compatibility.Requests.settings;
import static dev.sluice.rocketmq.remoting.TopicSpec.MessageType.FIFO;
import static dev.sluice.rocketmq.remoting.TopicSpec.MessageType.NORMAL;

import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.QueryAssignmentRequest;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.proto.v2.ThreadStackTrace;
import dev.sluice.rocketmq.remoting.TopicSpec;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What clients of all kinds may say of themselves, and ask before they do anything. */
final class Asking {

  private Asking() {}

  static Stream<Case> cases() {
    return Stream.of(routes(), assignments(), heartbeats(), telemetry(), terminations())
        .flatMap(part -> part);
  }

  private static Stream<Case> routes() {
    return Stream.of(
        route("of a normal topic", NORMAL, request -> request),
        route("of a FIFO topic", FIFO, request -> request),
        route("of an unknown topic", NORMAL, request -> request.setTopic(resource("unknown"))),
        route("of no topic", NORMAL, QueryRouteRequest.Builder::clearTopic),
        route("without endpoints", NORMAL, QueryRouteRequest.Builder::clearEndpoints)
            .unlike(
                "ILLEGAL_ACCESS_POINT",
                "OK message_queues[(topic=(name) permission=READ_WRITE broker=(name"
                    + " endpoints=(scheme=IPv4)) accept_message_types[NORMAL])]",
                Reason.NO_ADDRESS),
        Case.of(
            "route: without a client id",
            side -> {
              try (Caller caller = Caller.nameless(side)) {
                String topic = side.topic(NORMAL);
                return caller.shape(
                    stub ->
                        stub.queryRoute(
                            QueryRouteRequest.newBuilder()
                                .setTopic(resource(topic))
                                .setEndpoints(endpoints())
                                .build()));
              }
            }));
  }

  private static Stream<Case> assignments() {
    return Stream.of(
        assignment("of a topic", request -> request),
        assignment("of an unknown topic", request -> request.setTopic(resource("unknown"))),
        assignment("of no topic", QueryAssignmentRequest.Builder::clearTopic),
        assignment("of an unknown group", request -> request.setGroup(resource("unknown"))),
        assignment("of no group", QueryAssignmentRequest.Builder::clearGroup),
        assignment("without endpoints", QueryAssignmentRequest.Builder::clearEndpoints)
            .unlike(
                "ILLEGAL_ACCESS_POINT",
                "OK assignments[(message_queue=(topic=(name) permission=READ_WRITE broker=(name"
                    + " endpoints=(scheme=IPv4))))]",
                Reason.NO_ADDRESS));
  }

  private static Stream<Case> heartbeats() {
    return Stream.of(
        Case.of(
            "heartbeat: of a client that told nothing",
            side -> {
              try (Caller caller = Caller.of(side)) {
                return caller.shape(
                    stub ->
                        stub.heartbeat(
                            HeartbeatRequest.newBuilder()
                                .setClientType(ClientType.PRODUCER)
                                .build()));
              }
            }),
        heartbeat("of a producer", ClientType.PRODUCER, ClientType.PRODUCER),
        heartbeat("of a simple consumer", ClientType.SIMPLE_CONSUMER, ClientType.SIMPLE_CONSUMER),
        heartbeat("of a push consumer", ClientType.PUSH_CONSUMER, ClientType.PUSH_CONSUMER),
        heartbeat("of no type", ClientType.SIMPLE_CONSUMER, ClientType.CLIENT_TYPE_UNSPECIFIED),
        heartbeat("of another type", ClientType.SIMPLE_CONSUMER, ClientType.PRODUCER));
  }

  private static Stream<Case> telemetry() {
    return Stream.of(
        told("a producer", (topic, group) -> command(producer(topic))),
        told(
                "a simple consumer",
                (topic, group) -> command(consumer(ClientType.SIMPLE_CONSUMER, topic, group)))
            .unlike(
                "OK settings=(client_type=SIMPLE_CONSUMER access_point=(scheme=IPv4 addresses[(host"
                    + " port)]) backoff_policy=(max_attempts customized_backoff=(next[]))"
                    + " request_timeout subscription=(group=(name) subscriptions[(topic=(name)"
                    + " expression=(type=TAG expression))] fifo=false receive_batch_size"
                    + " long_polling_timeout) user_agent=(language=JAVA version platform hostname)"
                    + " metric=())",
                "OK settings=(client_type=SIMPLE_CONSUMER access_point=(scheme=IPv4 addresses[(host"
                    + " port)]) backoff_policy=(max_attempts customized_backoff=(next[]))"
                    + " request_timeout subscription=(group=(name) subscriptions[(topic=(name)"
                    + " expression=(type=TAG expression))] fifo=false receive_batch_size"
                    + " long_polling_timeout lite_subscription_quota max_lite_topic_size)"
                    + " user_agent=(language=JAVA version platform hostname) metric=())",
                Reason.LITE),
        told(
                "a push consumer",
                (topic, group) -> command(consumer(ClientType.PUSH_CONSUMER, topic, group)))
            .unlike(
                "OK settings=(client_type=PUSH_CONSUMER access_point=(scheme=IPv4 addresses[(host"
                    + " port)]) backoff_policy=(max_attempts customized_backoff=(next[]))"
                    + " request_timeout subscription=(group=(name) subscriptions[(topic=(name)"
                    + " expression=(type=TAG expression))] fifo=false receive_batch_size"
                    + " long_polling_timeout) user_agent=(language=JAVA version platform hostname)"
                    + " metric=())",
                "OK settings=(client_type=PUSH_CONSUMER access_point=(scheme=IPv4 addresses[(host"
                    + " port)]) backoff_policy=(max_attempts customized_backoff=(next[]))"
                    + " request_timeout subscription=(group=(name) subscriptions[(topic=(name)"
                    + " expression=(type=TAG expression))] fifo=false receive_batch_size"
                    + " long_polling_timeout lite_subscription_quota max_lite_topic_size)"
                    + " user_agent=(language=JAVA version platform hostname) metric=())",
                Reason.LITE),
        told("a producer of an unknown topic", (topic, group) -> command(producer("unknown"))),
        told("a producer of a topic with a blank", (topic, group) -> command(producer("a topic")))
            .unlike("ILLEGAL_TOPIC", "gRPC INVALID_ARGUMENT", Reason.READ_WHY),
        told(
                "neither producer nor consumer",
                (topic, group) -> command(settings(ClientType.PRODUCER).build()))
            .unlike("BAD_REQUEST", "gRPC INVALID_ARGUMENT", Reason.READ_WHY),
        told(
                "a consumer without a group",
                (topic, group) ->
                    command(
                        settings(ClientType.PUSH_CONSUMER)
                            .setSubscription(Subscription.getDefaultInstance())
                            .build()))
            .unlike("ILLEGAL_CONSUMER_GROUP", "gRPC INVALID_ARGUMENT", Reason.READ_WHY),
        told(
                "a consumer of a group with a blank",
                (topic, group) -> command(consumer(ClientType.PUSH_CONSUMER, topic, "a group")))
            .unlike("ILLEGAL_CONSUMER_GROUP", "gRPC INVALID_ARGUMENT", Reason.READ_WHY),
        told("nothing", (topic, group) -> TelemetryCommand.getDefaultInstance()),
        told(
            "a stack trace that nobody asked for",
            (topic, group) ->
                TelemetryCommand.newBuilder()
                    .setThreadStackTrace(ThreadStackTrace.newBuilder().setNonce("n"))
                    .build()));
  }

  private static Stream<Case> terminations() {
    return Stream.of(
        Case.of(
                "termination: of a client that told nothing",
                side -> {
                  try (Caller caller = Caller.of(side)) {
                    return caller.shape(
                        stub ->
                            stub.notifyClientTermination(
                                NotifyClientTerminationRequest.getDefaultInstance()));
                  }
                })
            .unlike("OK", "UNRECOGNIZED_CLIENT_TYPE", Reason.GOODBYE),
        termination("of a producer", ClientType.PRODUCER, request -> request.clearGroup()),
        termination("of a consumer", ClientType.SIMPLE_CONSUMER, request -> request),
        termination(
                "of a consumer that names no group",
                ClientType.SIMPLE_CONSUMER,
                request -> request.clearGroup())
            .unlike("OK", "ILLEGAL_CONSUMER_GROUP", Reason.GOODBYE),
        termination(
            "of a consumer that names another group",
            ClientType.SIMPLE_CONSUMER,
            request -> request.setGroup(resource("another"))));
  }

  private static TelemetryCommand command(Settings settings) {
    return TelemetryCommand.newBuilder().setSettings(settings).build();
  }

  private static Case route(
      String name, TopicSpec.MessageType type, UnaryOperator<QueryRouteRequest.Builder> spoil) {
    return Case.of(
        "route: " + name,
        side -> {
          var request =
              QueryRouteRequest.newBuilder()
                  .setTopic(resource(side.topic(type)))
                  .setEndpoints(endpoints());
          try (Caller caller = Caller.of(side)) {
            return caller.shape(stub -> stub.queryRoute(spoil.apply(request).build()));
          }
        });
  }

  private static Case assignment(String name, UnaryOperator<QueryAssignmentRequest.Builder> spoil) {
    return Case.of(
        "assignment: " + name,
        side -> {
          String topic = side.topic(NORMAL);
          String group = side.group(topic);
          var request =
              QueryAssignmentRequest.newBuilder()
                  .setTopic(resource(topic))
                  .setGroup(resource(group))
                  .setEndpoints(endpoints());
          try (Caller caller =
              Caller.that(side, consumer(ClientType.PUSH_CONSUMER, topic, group))) {
            return caller.shape(stub -> stub.queryAssignment(spoil.apply(request).build()));
          }
        });
  }

  private static Case heartbeat(String name, ClientType told, ClientType said) {
    return Case.of(
        "heartbeat: " + name,
        side -> {
          String topic = side.topic(NORMAL);
          String group = side.group(topic);
          try (Caller caller = Caller.that(side, as(told, topic, group))) {
            var request = HeartbeatRequest.newBuilder().setClientType(said);
            if (told != ClientType.PRODUCER) {
              request.setGroup(resource(group));
            }
            return caller.shape(stub -> stub.heartbeat(request.build()));
          }
        });
  }

  private static Case told(String name, BiFunction<String, String, TelemetryCommand> command) {
    return Case.of(
        "telemetry: " + name,
        side -> {
          String topic = side.topic(NORMAL);
          String group = side.group(topic);
          try (Caller caller = Caller.of(side)) {
            return caller.tell(command.apply(topic, group));
          }
        });
  }

  private static Case termination(
      String name, ClientType type, UnaryOperator<NotifyClientTerminationRequest.Builder> spoil) {
    return Case.of(
        "termination: " + name,
        side -> {
          String topic = side.topic(NORMAL);
          String group = side.group(topic);
          var request = NotifyClientTerminationRequest.newBuilder().setGroup(resource(group));
          try (Caller caller = Caller.that(side, as(type, topic, group))) {
            return caller.shape(stub -> stub.notifyClientTermination(spoil.apply(request).build()));
          }
        });
  }

  private static Settings as(ClientType type, String topic, String group) {
    return type == ClientType.PRODUCER ? producer(topic) : consumer(type, topic, group);
  }
}
