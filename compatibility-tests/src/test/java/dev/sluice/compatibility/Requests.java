package dev.sluice.compatibility;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.sluice.gateway.proto.v2.Address;
import dev.sluice.gateway.proto.v2.AddressScheme;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.FilterType;
import dev.sluice.gateway.proto.v2.Language;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.SubscriptionEntry;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.proto.v2.UA;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Requests that are fine, for the cases to spoil. */
final class Requests {

  private Requests() {}

  static Resource resource(String name) {
    return Resource.newBuilder().setName(name).build();
  }

  static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  static Timestamp in(java.time.Duration time) {
    Instant then = Instant.now().plus(time);
    return Timestamp.newBuilder().setSeconds(then.getEpochSecond()).build();
  }

  static Endpoints endpoints() {
    return Endpoints.newBuilder()
        .setScheme(AddressScheme.IPv4)
        .addAddresses(Address.newBuilder().setHost("127.0.0.1").setPort(8081))
        .build();
  }

  static Message.Builder message(String topic) {
    return message(topic, SystemProperties.newBuilder());
  }

  /** A message with these beside the usual system properties. */
  static Message.Builder message(String topic, SystemProperties.Builder properties) {
    return Message.newBuilder()
        .setTopic(resource(topic))
        .setBody(ByteString.copyFromUtf8("a body"))
        .setSystemProperties(
            SystemProperties.newBuilder()
                .setMessageId(UUID.randomUUID().toString())
                .setMessageType(MessageType.NORMAL)
                .setBodyEncoding(Encoding.IDENTITY)
                .setBornTimestamp(in(java.time.Duration.ZERO))
                .setBornHost("127.0.0.1")
                .mergeFrom(properties.build()));
  }

  static SendMessageRequest send(Message.Builder... messages) {
    var request = SendMessageRequest.newBuilder();
    List.of(messages).forEach(request::addMessages);
    return request.build();
  }

  static MessageQueue.Builder queue(String topic) {
    return MessageQueue.newBuilder().setTopic(resource(topic)).setId(-1);
  }

  static FilterExpression tags(String expression) {
    return FilterExpression.newBuilder().setType(FilterType.TAG).setExpression(expression).build();
  }

  static ReceiveMessageRequest.Builder receive(String topic, String group) {
    return ReceiveMessageRequest.newBuilder()
        .setGroup(resource(group))
        .setMessageQueue(queue(topic))
        .setFilterExpression(tags("*"))
        .setBatchSize(1)
        .setInvisibleDuration(seconds(30))
        .setLongPollingTimeout(seconds(5));
  }

  static Settings.Builder settings(ClientType type) {
    return Settings.newBuilder()
        .setClientType(type)
        .setAccessPoint(endpoints())
        .setRequestTimeout(seconds(3))
        .setUserAgent(
            UA.newBuilder()
                .setLanguage(Language.JAVA)
                .setVersion("5.2.0")
                .setPlatform("Linux")
                .setHostname("localhost"));
  }

  static Settings producer(String topic) {
    return settings(ClientType.PRODUCER)
        .setPublishing(Publishing.newBuilder().addTopics(resource(topic)))
        .build();
  }

  static Settings consumer(ClientType type, String topic, String group) {
    return settings(type)
        .setSubscription(
            Subscription.newBuilder()
                .setGroup(resource(group))
                .addSubscriptions(
                    SubscriptionEntry.newBuilder()
                        .setTopic(resource(topic))
                        .setExpression(tags("*")))
                .setLongPollingTimeout(seconds(5)))
        .build();
  }
}
