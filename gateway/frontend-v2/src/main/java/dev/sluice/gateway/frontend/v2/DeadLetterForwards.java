package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.deliveries.AckPath;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.ForwardMessageToDeadLetterQueueRequest;
import dev.sluice.gateway.proto.v2.ForwardMessageToDeadLetterQueueResponse;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;

/**
 * ForwardMessageToDeadLetterQueue: a consumer gives a message up, as those do that consume in order
 * and have tried it often enough by themselves.
 *
 * <p>A delivery that is over is nobody's to give up any more: its message comes again, or was
 * handled since. The answer to that is OK, as official clients repeat every other one for ever.
 */
final class DeadLetterForwards {

  private final Callers callers;
  private final AckPath acks;

  DeadLetterForwards(Callers callers, AckPath acks) {
    this.callers = callers;
    this.acks = acks;
  }

  static ForwardMessageToDeadLetterQueueResponse answer(Status status) {
    return ForwardMessageToDeadLetterQueueResponse.newBuilder().setStatus(status).build();
  }

  void forward(
      ForwardMessageToDeadLetterQueueRequest request,
      Reply<ForwardMessageToDeadLetterQueueResponse> reply) {
    Call call = callers.current();
    String topic = ResourceNames.topic(request.getTopic());
    String group = ResourceNames.group(request.getGroup());
    call.mayConsume(group, topic);
    Handles.check(acks, request.getReceiptHandle(), topic, group);
    acks.deadLetter(
        call.lease(),
        request.getReceiptHandle(),
        new Completion<>() {
          @Override
          public void done(Void nothing) {
            reply.send(answer(Statuses.OK));
          }

          @Override
          public void failed(GatewayException failure) {
            if (isOver(failure)) {
              reply.send(answer(Statuses.of(Code.OK, failure.getMessage())));
            } else {
              reply.refuse(failure);
            }
          }
        });
  }

  private static boolean isOver(GatewayException failure) {
    return failure.category() == ErrorCategory.FAILED_PRECONDITION
        && failure.subject() == Subject.HANDLE;
  }
}
