package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.Texts;
import dev.sluice.rocketmq.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A topic's configuration on one broker.
 *
 * @param topic the topic
 * @param readQueues how many queues may be read
 * @param writeQueues how many queues may be written
 * @param permission 4 for reading, 2 for writing, 6 for both
 * @param ordered whether queues stay where they are when a broker is away
 * @param attributes 5.x attributes by name, as {@value #MESSAGE_TYPE}
 */
public record TopicConfig(
    String topic,
    int readQueues,
    int writeQueues,
    int permission,
    boolean ordered,
    Map<String, String> attributes) {

  /** The attribute that tells which kind of message a topic takes: NORMAL, FIFO, DELAY, ... */
  public static final String MESSAGE_TYPE = "message.type";

  /** Reading and writing. */
  public static final int READ_WRITE = 6;

  /** Keeps the attributes from changing. */
  public TopicConfig {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** The attributes as a request sets them: {@code +name=value,+name=value}. */
  String attributesToSet() {
    StringJoiner text = new StringJoiner(",");
    attributes.forEach(
        (name, value) -> {
          checkAttribute(name, name);
          checkAttribute(name, value);
          text.add("+" + name + "=" + value);
        });
    return text.toString();
  }

  private static void checkAttribute(String name, String text) {
    if (text.isEmpty() || text.indexOf(',') >= 0 || text.indexOf('=') >= 0) {
      throw WireException.invalid(
          "attribute "
              + Texts.quote(name)
              + ": "
              + Texts.quote(text)
              + " (expected: not empty, without commas and equals signs)");
    }
  }

  /** A topic with as many queues to read as to write, for messages of this type. */
  public static TopicConfig of(String topic, int queues, String messageType) {
    return new TopicConfig(
        topic, queues, queues, READ_WRITE, false, Map.of(MESSAGE_TYPE, messageType));
  }

  /** The kind of message that the topic takes; {@code UNSPECIFIED} where the broker tells none. */
  public String messageType() {
    return attributes.getOrDefault(MESSAGE_TYPE, "UNSPECIFIED");
  }

  static TopicConfig parse(ByteBuffer body) {
    return LenientJson.object("topic configuration", body, TopicConfig::read);
  }

  private static TopicConfig read(JsonParser in) throws IOException {
    String topic = null;
    int read = 0;
    int write = 0;
    int permission = 0;
    boolean ordered = false;
    Map<String, String> attributes = new LinkedHashMap<>();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case "topicName" -> topic = LenientJson.text(name, in);
        case "readQueueNums" -> read = LenientJson.integer(name, in, 0);
        case "writeQueueNums" -> write = LenientJson.integer(name, in, 0);
        case "perm" -> permission = LenientJson.integer(name, in, 0);
        case "order" -> ordered = LenientJson.truth(name, in);
        case "attributes" -> LenientJson.map(name, in, attributes);
        default -> in.skipChildren();
      }
    }
    return new TopicConfig(
        LenientJson.present("topicName", topic), read, write, permission, ordered, attributes);
  }
}
