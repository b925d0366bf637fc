package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.RecallMessageRequest;
import dev.sluice.gateway.proto.v2.RecallMessageResponse;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.ActiveUpstream;

/** RecallMessage: a delayed message is taken back before it is due. */
final class Recalls {

  private static final int MAX_HANDLE = 2048;

  private final Callers callers;

  Recalls(Callers callers) {
    this.callers = callers;
  }

  static RecallMessageResponse refused(Status status) {
    return RecallMessageResponse.newBuilder().setStatus(status).build();
  }

  void recall(RecallMessageRequest request, Reply<RecallMessageResponse> reply) {
    Call call = callers.current();
    String topic = ResourceNames.topic(request.getTopic());
    call.maySendTo(topic);
    String handle = request.getRecallHandle();
    if (handle.isBlank() || handle.length() > MAX_HANDLE) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "recall_handle: "
              + handle.length()
              + " characters (expected: the one that a delayed message was sent with)");
    }
    call.lease()
        .use(
            new Completion<>() {
              @Override
              public void done(ActiveUpstream active) {
                active.upstream().recall(topic, handle, answer(reply));
              }

              @Override
              public void failed(GatewayException failure) {
                reply.refuse(failure);
              }
            });
  }

  private static Completion<String> answer(Reply<RecallMessageResponse> reply) {
    return new Completion<>() {
      @Override
      public void done(String messageId) {
        reply.send(
            RecallMessageResponse.newBuilder()
                .setStatus(Statuses.OK)
                .setMessageId(messageId)
                .build());
      }

      @Override
      public void failed(GatewayException failure) {
        reply.refuse(failure);
      }
    };
  }
}
