package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a member answers to a {@link MemberInquiry}, in the form that administrators' tools read.
 */
public sealed interface MemberAnswer {

  /** The answer to the request with this number. */
  RemotingCommand command(int opaque);

  /**
   * What a member is doing.
   *
   * @param startedMillis since when it is a member, since the epoch
   * @param ordered whether it consumes in order
   * @param type how it takes its messages
   * @param subscriptions what it consumes
   * @param more whatever else there is to say, for people
   * @param threads what its threads do, for people; null where that was not asked for
   */
  record RunningInfo(
      long startedMillis,
      boolean ordered,
      Heartbeat.ConsumeType type,
      List<Heartbeat.Subscription> subscriptions,
      Map<String, String> more,
      @Nullable String threads)
      implements MemberAnswer {

    /** Keeps both from changing. */
    public RunningInfo {
      subscriptions = List.copyOf(subscriptions);
      more = Map.copyOf(more);
    }

    @Override
    public RemotingCommand command(int opaque) {
      return success(
          opaque,
          JsonBody.write(
              out -> {
                out.writeObjectFieldStart("properties");
                out.writeStringField("PROP_CONSUMER_START_TIMESTAMP", Long.toString(startedMillis));
                out.writeStringField("PROP_CONSUMEORDERLY", Boolean.toString(ordered));
                out.writeStringField("PROP_CONSUME_TYPE", type.name());
                out.writeEndObject();
                out.writeArrayFieldStart("subscriptionSet");
                for (Heartbeat.Subscription each : subscriptions) {
                  Heartbeat.write(each, out);
                }
                out.writeEndArray();
                out.writeObjectFieldStart("userConsumerInfo");
                for (Map.Entry<String, String> each : more.entrySet()) {
                  out.writeStringField(each.getKey(), each.getValue());
                }
                out.writeEndObject();
                if (threads != null) {
                  out.writeStringField("jstack", threads);
                }
              }));
    }
  }

  /**
   * How consuming a message went.
   *
   * @param ordered whether the group consumes in order
   * @param remark for people
   * @param tookMillis how long it took
   */
  record Consumed(Result result, boolean ordered, String remark, long tookMillis)
      implements MemberAnswer {

    /** What consuming ended in. */
    public enum Result {
      /** It is consumed. */
      CR_SUCCESS,
      /** It is to come again. */
      CR_LATER,
      /** It could not be consumed at all. */
      CR_THROW_EXCEPTION,
      /** It could not be read. */
      CR_RETURN_NULL
    }

    @Override
    public RemotingCommand command(int opaque) {
      return success(
          opaque,
          JsonBody.write(
              out -> {
                out.writeBooleanField("order", ordered);
                out.writeBooleanField("autoCommit", true);
                out.writeStringField("consumeResult", result.name());
                out.writeStringField("remark", remark);
                out.writeNumberField("spentTimeMills", tookMillis);
              }));
    }
  }

  /**
   * That there is no answer.
   *
   * @param code a {@link ResponseCode}
   * @param remark why, for people
   */
  record Refused(int code, String remark) implements MemberAnswer {
    @Override
    public RemotingCommand command(int opaque) {
      return RemotingCommand.response(code, opaque, remark, Fields.empty(), ByteBuffer.allocate(0));
    }
  }

  private static RemotingCommand success(int opaque, byte[] body) {
    return RemotingCommand.response(
        ResponseCode.SUCCESS, opaque, null, Fields.empty(), ByteBuffer.wrap(body));
  }
}
