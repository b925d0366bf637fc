package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.rocketmq.wire.RequestCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Registers a client's groups and subscriptions with a broker ({@link RequestCode#HEART_BEAT}); to
 * be repeated, since the broker forgets them with the connection or after two minutes.
 */
public final class Heartbeat extends JsonBodyRequest {

  private Heartbeat(byte[] body) {
    super(RequestCode.HEART_BEAT, body);
  }

  /** How a group takes its messages. */
  public enum ConsumeType {
    /** The application asks for them. */
    CONSUME_ACTIVELY,
    /** They are handed to the application. */
    CONSUME_PASSIVELY,
    /** By pop. */
    CONSUME_POP
  }

  /** Who of a group's members gets a message. */
  public enum Model {
    /** Each. */
    BROADCASTING,
    /** One. */
    CLUSTERING
  }

  /** Where a group begins in a queue of which it has consumed nothing. */
  public enum From {
    /** With what comes from now on. */
    CONSUME_FROM_LAST_OFFSET,
    /** With the first message that there is. */
    CONSUME_FROM_FIRST_OFFSET,
    /** With the first message stored at a time or later. */
    CONSUME_FROM_TIMESTAMP
  }

  /**
   * A consumer group and what it wants.
   *
   * @param group the group
   * @param type how it takes messages
   * @param model who gets them
   * @param from where it begins
   * @param subscriptions its topics
   */
  public record Consumer(
      String group, ConsumeType type, Model model, From from, List<Subscription> subscriptions) {
    /** Keeps the subscriptions from changing. */
    public Consumer {
      subscriptions = List.copyOf(subscriptions);
    }

    /** One whose members share the messages, from now on. */
    public Consumer(String group, ConsumeType type, List<Subscription> subscriptions) {
      this(group, type, Model.CLUSTERING, From.CONSUME_FROM_LAST_OFFSET, subscriptions);
    }
  }

  /**
   * A topic and which of its messages a group wants.
   *
   * @param topic the topic
   * @param expressionType {@code TAG} or {@code SQL92}
   * @param expression the filter; {@code *} for everything
   * @param version grows with each change, so that brokers keep the newest
   */
  public record Subscription(
      String topic, String expressionType, String expression, long version) {}

  /** A heartbeat of this client. */
  public static Heartbeat of(
      String clientId, List<String> producerGroups, List<Consumer> consumers) {
    return new Heartbeat(
        JsonBody.write(
            out -> {
              out.writeStringField("clientID", clientId);
              out.writeArrayFieldStart("producerDataSet");
              for (String group : producerGroups) {
                out.writeStartObject();
                out.writeStringField("groupName", group);
                out.writeEndObject();
              }
              out.writeEndArray();
              out.writeArrayFieldStart("consumerDataSet");
              for (Consumer consumer : consumers) {
                write(consumer, out);
              }
              out.writeEndArray();
            }));
  }

  private static void write(Consumer consumer, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("groupName", consumer.group());
    out.writeStringField("consumeType", consumer.type().name());
    out.writeStringField("messageModel", consumer.model().name());
    out.writeStringField("consumeFromWhere", consumer.from().name());
    out.writeBooleanField("unitMode", false);
    out.writeArrayFieldStart("subscriptionDataSet");
    for (Subscription each : consumer.subscriptions()) {
      write(each, out);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  static void write(Subscription subscription, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("topic", subscription.topic());
    out.writeStringField("subString", subscription.expression());
    out.writeStringField("expressionType", subscription.expressionType());
    out.writeNumberField("subVersion", subscription.version());
    out.writeBooleanField("classFilterMode", false);
    out.writeArrayFieldStart("tagsSet");
    List<String> tags = tags(subscription);
    for (String tag : tags) {
      out.writeString(tag);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("codeSet");
    for (String tag : tags) {
      out.writeNumber(tag.hashCode());
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** Brokers filter by the hash codes of the tags, which the client works out. */
  private static List<String> tags(Subscription subscription) {
    String expression = subscription.expression();
    if (!subscription.expressionType().equals("TAG") || expression.equals("*")) {
      return List.of();
    }
    return Arrays.stream(expression.split("\\|\\|", -1))
        .map(String::strip)
        .filter(tag -> !tag.isEmpty())
        .distinct()
        .toList();
  }
}
