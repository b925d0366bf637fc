package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.deliveries.AckPath;
import dev.sluice.gateway.proto.v2.ChangeInvisibleDurationRequest;
import dev.sluice.gateway.proto.v2.ChangeInvisibleDurationResponse;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Status;
import java.time.Duration;

/**
 * ChangeInvisibleDuration: when an unacknowledged message comes again, by which consumers also say
 * that they failed. The answer has the handle to go on with: the new one, or after a failure the
 * old one, as some callers take it before they look at the status.
 */
final class InvisibleDurations {

  private final Callers callers;
  private final AckPath acks;

  InvisibleDurations(Callers callers, AckPath acks) {
    this.callers = callers;
    this.acks = acks;
  }

  static ChangeInvisibleDurationResponse refused(
      ChangeInvisibleDurationRequest request, Status status) {
    return ChangeInvisibleDurationResponse.newBuilder()
        .setStatus(status)
        .setReceiptHandle(request.getReceiptHandle())
        .build();
  }

  void change(
      ChangeInvisibleDurationRequest request, Reply<ChangeInvisibleDurationResponse> reply) {
    Call call = callers.current();
    String topic = ResourceNames.topic(request.getTopic());
    String group = ResourceNames.group(request.getGroup());
    call.mayConsume(group, topic);
    Duration invisible = invisible(request);
    Handles.check(acks, request.getReceiptHandle(), topic, group);
    acks.changeInvisible(
        call.lease(),
        request.getReceiptHandle(),
        invisible,
        reply.orRefuse(
            fresh ->
                reply.send(
                    ChangeInvisibleDurationResponse.newBuilder()
                        .setStatus(Statuses.OK)
                        .setReceiptHandle(fresh.handle())
                        .build())));
  }

  /** Shorter than a receive may ask for: consumers that failed try again after a second. */
  private static Duration invisible(ChangeInvisibleDurationRequest request) {
    long millis = Times.millis(request.getInvisibleDuration());
    long most = InboundReceive.MAX_INVISIBLE.toMillis();
    if (millis < 0 || millis > most) {
      throw new Refusal(
          Code.ILLEGAL_INVISIBLE_TIME,
          "invisible_duration: " + millis + " ms (expected: 0 to " + most + " ms)");
    }
    return Duration.ofMillis(millis);
  }
}
