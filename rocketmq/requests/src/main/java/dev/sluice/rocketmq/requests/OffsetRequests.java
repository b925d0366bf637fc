package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.OptionalLong;

/** Requests about positions in one queue: where it begins and ends, and how far a group is. */
public final class OffsetRequests {
  private OffsetRequests() {}

  /** Asks for the offset that the next message of a queue will get. */
  public record GetMaxOffset(String topic, int queueId) implements Request<Long> {
    @Override
    public int code() {
      return RequestCode.GET_MAX_OFFSET;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("topic", topic).field("queueId", queueId).field("committed", true);
    }

    @Override
    public Long read(RemotingCommand response) {
      return response.requireSuccess(code()).fields().requireLong("offset");
    }
  }

  /** Asks for the offset of the oldest message of a queue. */
  public record GetMinOffset(String topic, int queueId) implements Request<Long> {
    @Override
    public int code() {
      return RequestCode.GET_MIN_OFFSET;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("topic", topic).field("queueId", queueId);
    }

    @Override
    public Long read(RemotingCommand response) {
      return response.requireSuccess(code()).fields().requireLong("offset");
    }
  }

  /** Asks for the offset of the first message of a queue that was stored at a time or later. */
  public record SearchOffset(String topic, int queueId, long timestamp) implements Request<Long> {
    @Override
    public int code() {
      return RequestCode.SEARCH_OFFSET_BY_TIMESTAMP;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("topic", topic).field("queueId", queueId).field("timestamp", timestamp);
    }

    @Override
    public Long read(RemotingCommand response) {
      return response.requireSuccess(code()).fields().requireLong("offset");
    }
  }

  /** Asks for the offset that a group has committed for a queue; empty when it has none. */
  public record QueryConsumerOffset(String group, String topic, int queueId)
      implements Request<OptionalLong> {
    @Override
    public int code() {
      return RequestCode.QUERY_CONSUMER_OFFSET;
    }

    @Override
    public void writeFields(FieldWriter out) {
      // Otherwise the broker answers 0 for a group without an offset while the queue is young.
      out.field("consumerGroup", group)
          .field("topic", topic)
          .field("queueId", queueId)
          .field("setZeroIfNotFound", false);
    }

    @Override
    public OptionalLong read(RemotingCommand response) {
      return response.code() == ResponseCode.QUERY_NOT_FOUND
          ? OptionalLong.empty()
          : OptionalLong.of(response.requireSuccess(code()).fields().requireLong("offset"));
    }
  }

  /** Commits a group's offset of a queue: the next message that it wants. */
  public record UpdateConsumerOffset(String group, String topic, int queueId, long offset)
      implements Request<Done> {
    @Override
    public int code() {
      return RequestCode.UPDATE_CONSUMER_OFFSET;
    }

    @Override
    public void writeFields(FieldWriter out) {
      out.field("consumerGroup", group)
          .field("topic", topic)
          .field("queueId", queueId)
          .field("commitOffset", offset);
    }

    @Override
    public Done read(RemotingCommand response) {
      response.requireSuccess(code());
      return Done.DONE;
    }
  }
}
