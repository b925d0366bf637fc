package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.rocketmq.wire.LenientJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads what is told of queues: a table in a JSON object, whose keys are objects. */
final class QueueTable {
  private static final String MEMBER = "offsetTable";

  private QueueTable() {}

  /** Reads what a queue's entry says. */
  @FunctionalInterface
  interface Entry<T> {
    T read(String what, JsonParser in) throws IOException;
  }

  /** Reads the table of a JSON object; null and a missing one have nothing. */
  static <T> Map<QueueLocks.Queue, T> of(String what, ByteBuffer json, Entry<T> entry) {
    return LenientJson.object(what, ObjectKeys.quoted(json), in -> table(in, entry));
  }

  /** Reads a table of numbers. */
  static Map<QueueLocks.Queue, Long> ofNumbers(String what, ByteBuffer json) {
    return of(what, json, (name, in) -> LenientJson.number(name, in, 0));
  }

  private static <T> Map<QueueLocks.Queue, T> table(JsonParser in, Entry<T> entry)
      throws IOException {
    Map<QueueLocks.Queue, T> queues = new LinkedHashMap<>();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      if (name.equals(MEMBER)) {
        read(in, entry, queues);
      } else {
        in.skipChildren();
      }
    }
    return queues;
  }

  private static <T> void read(JsonParser in, Entry<T> entry, Map<QueueLocks.Queue, T> into)
      throws IOException {
    if (!LenientJson.starts(JsonToken.START_OBJECT, MEMBER, in)) {
      return;
    }
    for (String key = LenientJson.nextMember(in); key != null; key = LenientJson.nextMember(in)) {
      into.put(queue(key), entry.read(MEMBER, in));
    }
  }

  private static QueueLocks.Queue queue(String key) {
    ByteBuffer json = ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8));
    return LenientJson.object("queue", json, QueueTable::queue);
  }

  private static QueueLocks.Queue queue(JsonParser in) throws IOException {
    String topic = null;
    String broker = null;
    int id = 0;
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case "topic" -> topic = LenientJson.text(name, in);
        case "brokerName" -> broker = LenientJson.text(name, in);
        case "queueId" -> id = LenientJson.integer(name, in, 0);
        default -> in.skipChildren();
      }
    }
    return new QueueLocks.Queue(
        LenientJson.present("topic", topic), LenientJson.present("brokerName", broker), id);
  }
}
