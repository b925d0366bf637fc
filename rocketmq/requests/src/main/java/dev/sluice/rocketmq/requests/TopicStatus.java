package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import java.io.IOException;
import java.util.Map;

/**
 * What one broker has of a topic.
 *
 * @param queues its queues there
 */
public record TopicStatus(Map<QueueLocks.Queue, Range> queues) {

  /** Keeps the queues from changing. */
  public TopicStatus {
    queues = Map.copyOf(queues);
  }

  /**
   * The messages of a queue.
   *
   * @param minOffset of the oldest that it still has
   * @param maxOffset that the next one will get
   * @param lastStored when the last one was stored, in milliseconds since 1970; 0 for never
   */
  public record Range(long minOffset, long maxOffset, long lastStored) {}

  /** Asks a broker. */
  public record Get(String topic) implements Request<TopicStatus> {
    @Override
    public int code() {
      return RequestCode.GET_TOPIC_STATS_INFO;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("topic", topic);
    }

    @Override
    public TopicStatus read(RemotingCommand response) {
      return new TopicStatus(
          QueueTable.of("topic status", response.requireSuccess(code()).body(), Get::range));
    }

    private static Range range(String what, JsonParser in) throws IOException {
      long min = 0;
      long max = 0;
      long last = 0;
      if (LenientJson.starts(JsonToken.START_OBJECT, what, in)) {
        for (String name = LenientJson.nextMember(in);
            name != null;
            name = LenientJson.nextMember(in)) {
          switch (name) {
            case "minOffset" -> min = LenientJson.number(name, in, 0);
            case "maxOffset" -> max = LenientJson.number(name, in, 0);
            case "lastUpdateTimestamp" -> last = LenientJson.number(name, in, 0);
            default -> in.skipChildren();
          }
        }
      }
      return new Range(min, max, last);
    }
  }
}
