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
import org.jspecify.annotations.Nullable;

/**
 * How far a consumer group is with the queues of one broker.
 *
 * @param queues those of the topics that it subscribes to, or of the one that was asked for
 */
public record GroupStatus(Map<QueueLocks.Queue, Position> queues) {

  /** Keeps the queues from changing. */
  public GroupStatus {
    queues = Map.copyOf(queues);
  }

  /**
   * The group in a queue.
   *
   * @param maxOffset that the next message stored will get
   * @param committed from where the group goes on; below 0 where it has none
   * @param pulled what was handed out, as far as the broker tells; 0 where it does not
   * @param lastConsumed when the message before the committed offset was stored, in milliseconds
   *     since 1970; 0 for none
   */
  public record Position(long maxOffset, long committed, long pulled, long lastConsumed) {}

  /**
   * Asks a broker.
   *
   * @param topic the topic, or null for all that the group subscribes to
   */
  public record Get(String group, @Nullable String topic) implements Request<GroupStatus> {
    @Override
    public int code() {
      return RequestCode.GET_CONSUME_STATS;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("consumerGroup", group).field("topic", topic);
    }

    @Override
    public GroupStatus read(RemotingCommand response) {
      return new GroupStatus(
          QueueTable.of("group status", response.requireSuccess(code()).body(), Get::position));
    }

    private static Position position(String what, JsonParser in) throws IOException {
      long max = 0;
      long committed = -1;
      long pulled = 0;
      long last = 0;
      if (LenientJson.starts(JsonToken.START_OBJECT, what, in)) {
        for (String name = LenientJson.nextMember(in);
            name != null;
            name = LenientJson.nextMember(in)) {
          switch (name) {
            case "brokerOffset" -> max = LenientJson.number(name, in, 0);
            case "consumerOffset" -> committed = LenientJson.number(name, in, -1);
            case "pullOffset" -> pulled = LenientJson.number(name, in, 0);
            case "lastTimestamp" -> last = LenientJson.number(name, in, 0);
            default -> in.skipChildren();
          }
        }
      }
      return new Position(max, committed, pulled, last);
    }
  }
}
