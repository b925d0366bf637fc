package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.GetOffsetRequest;
import dev.sluice.gateway.proto.v2.GetOffsetResponse;
import dev.sluice.gateway.proto.v2.QueryOffsetRequest;
import dev.sluice.gateway.proto.v2.QueryOffsetResponse;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.UpdateOffsetRequest;
import dev.sluice.gateway.proto.v2.UpdateOffsetResponse;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.QueueOffsets;
import java.util.function.Consumer;

/**
 * UpdateOffset, GetOffset and QueryOffset: how far a group is that pulls, and where queues begin
 * and end. What groups consume by receives and acknowledgements the message system counts itself.
 */
final class QueuePositions {

  private final Callers callers;

  QueuePositions(Callers callers) {
    this.callers = callers;
  }

  static UpdateOffsetResponse updateRefused(Status status) {
    return UpdateOffsetResponse.newBuilder().setStatus(status).build();
  }

  static GetOffsetResponse getRefused(Status status) {
    return GetOffsetResponse.newBuilder().setStatus(status).build();
  }

  static QueryOffsetResponse queryRefused(Status status) {
    return QueryOffsetResponse.newBuilder().setStatus(status).build();
  }

  void update(UpdateOffsetRequest request, Reply<UpdateOffsetResponse> reply) {
    Call call = callers.current();
    String group = ResourceNames.group(request.getGroup());
    InboundQueue queue = InboundQueue.of(request.getMessageQueue());
    call.mayConsume(group, queue.topic());
    long offset = request.getOffset();
    if (offset < 0) {
      throw new Refusal(Code.ILLEGAL_OFFSET, "offset: " + offset + " (expected: 0 or more)");
    }
    with(
        call,
        reply,
        offsets ->
            offsets.commit(
                group,
                queue.topic(),
                queue.queue(),
                offset,
                new Completion<>() {
                  @Override
                  public void done(Void nothing) {
                    reply.send(updateRefused(Statuses.OK));
                  }

                  @Override
                  public void failed(GatewayException failure) {
                    reply.refuse(failure);
                  }
                }));
  }

  void get(GetOffsetRequest request, Reply<GetOffsetResponse> reply) {
    Call call = callers.current();
    String group = ResourceNames.group(request.getGroup());
    InboundQueue queue = InboundQueue.of(request.getMessageQueue());
    call.mayConsume(group, queue.topic());
    with(
        call,
        reply,
        offsets ->
            offsets.committed(
                group,
                queue.topic(),
                queue.queue(),
                reply.orRefuse(
                    committed ->
                        reply.send(
                            GetOffsetResponse.newBuilder()
                                .setStatus(Statuses.OK)
                                .setOffset(
                                    committed.orElseThrow(
                                        () ->
                                            new Refusal(
                                                Code.OFFSET_NOT_FOUND,
                                                "offset: "
                                                    + group
                                                    + " has none of "
                                                    + shown(queue)
                                                    + " (expected: one that was updated"
                                                    + " before)")))
                                .build()))));
  }

  private static String shown(InboundQueue queue) {
    return queue.topic() + ", queue " + queue.queue().index() + " at " + queue.queue().node();
  }

  void query(QueryOffsetRequest request, Reply<QueryOffsetResponse> reply) {
    Call call = callers.current();
    InboundQueue named = InboundQueue.of(request.getMessageQueue());
    String topic = named.topic();
    call.mayRead(topic);
    QueueId queue = named.queue();
    Completion<Long> answer =
        reply.orRefuse(
            offset ->
                reply.send(
                    QueryOffsetResponse.newBuilder()
                        .setStatus(Statuses.OK)
                        .setOffset(offset)
                        .build()));
    switch (request.getQueryOffsetPolicy()) {
      case BEGINNING -> with(call, reply, offsets -> offsets.first(topic, queue, answer));
      case END -> with(call, reply, offsets -> offsets.end(topic, queue, answer));
      case TIMESTAMP -> {
        long millis = timestamp(request);
        with(call, reply, offsets -> offsets.at(topic, queue, millis, answer));
      }
      case UNRECOGNIZED ->
          throw new Refusal(
              Code.BAD_REQUEST,
              "query_offset_policy: "
                  + request.getQueryOffsetPolicyValue()
                  + " (expected: BEGINNING, END or TIMESTAMP)");
    }
  }

  private static long timestamp(QueryOffsetRequest request) {
    if (!request.hasTimestamp()) {
      throw new Refusal(
          Code.BAD_REQUEST, "timestamp: missing (expected: one, the policy is TIMESTAMP)");
    }
    long millis = Times.millis(request.getTimestamp());
    if (millis < 0) {
      throw new Refusal(
          Code.BAD_REQUEST, "timestamp: " + millis + " ms since 1970 (expected: 0 or more)");
    }
    return millis;
  }

  private static <A> void with(Call call, Reply<A> reply, Consumer<QueueOffsets> then) {
    call.lease().use(reply.orRefuse(active -> then.accept(active.upstream().offsets())));
  }
}
