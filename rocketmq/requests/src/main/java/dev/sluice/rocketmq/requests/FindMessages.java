package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import java.util.List;

/** Requests that find stored messages. */
public final class FindMessages {
  private FindMessages() {}

  /**
   * The message at a place in a broker's log; refused where none begins there.
   *
   * @param topic its topic, which brokers that check rights ask for
   */
  public record At(String topic, long commitLogOffset) implements Request<StoredMessage> {
    @Override
    public int code() {
      return RequestCode.VIEW_MESSAGE_BY_ID;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("topic", topic).field("offset", commitLogOffset);
    }

    @Override
    public StoredMessage read(RemotingCommand response) {
      List<StoredMessage> found =
          StoredMessages.decode(response.requireSuccess(code()).body().duplicate());
      if (found.size() != 1) {
        throw WireException.malformed("messages: " + found.size() + " (expected: 1)");
      }
      return found.getFirst();
    }
  }

  /**
   * Messages of a topic that its broker has under a key, the latest first or last; also some that
   * have another key of the same hash.
   *
   * @param key one of their keys, or their unique id
   * @param unique whether it is a unique id
   * @param most how many at most
   * @param begin when they were stored at the earliest, in milliseconds since 1970
   * @param end when at the latest
   */
  public record ByKey(String topic, String key, boolean unique, int most, long begin, long end)
      implements Request<List<StoredMessage>> {
    @Override
    public int code() {
      return RequestCode.QUERY_MESSAGE;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("topic", topic)
          .field("key", key)
          .field("maxNum", most)
          .field("beginTimestamp", begin)
          .field("endTimestamp", end)
          .field("_UNIQUE_KEY_QUERY", unique);
      if (unique) {
        out.field("indexType", "U");
      }
    }

    @Override
    public List<StoredMessage> read(RemotingCommand response) {
      if (response.code() == ResponseCode.QUERY_NOT_FOUND) {
        return List.of();
      }
      return StoredMessages.decode(response.requireSuccess(code()).body().duplicate());
    }
  }
}
