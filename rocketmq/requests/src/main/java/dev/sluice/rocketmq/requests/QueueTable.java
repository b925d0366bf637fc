package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.rocketmq.wire.LenientJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Reads tables of queues, whose keys are objects. */
final class QueueTable {
  private QueueTable() {}

  /** Reads what a queue's entry says. */
  @FunctionalInterface
  interface Entry<T> {
    T read(String what, JsonParser in) throws IOException;
  }

  /** Reads a table with the parser at its value; a JSON null adds nothing. */
  static <T> void read(String what, JsonParser in, Entry<T> entry, Map<QueueLocks.Queue, T> into)
      throws IOException {
    if (!LenientJson.starts(JsonToken.START_OBJECT, what, in)) {
      return;
    }
    for (String key = LenientJson.nextMember(in); key != null; key = LenientJson.nextMember(in)) {
      into.put(queue(key), entry.read(what, in));
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
