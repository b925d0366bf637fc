package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.remoting.InquiryListener;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.requests.MemberAnswer;
import dev.sluice.rocketmq.requests.MemberInquiry;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Answers for one member what administrators ask. */
final class MemberAnswers implements InquiryListener {
  private final MemberParts parts;
  private final Assignments assignments;

  MemberAnswers(MemberParts parts, Assignments assignments) {
    this.parts = parts;
    this.assignments = assignments;
  }

  @Override
  public void asked(MemberInquiry inquiry, Consumer<MemberAnswer> answer) {
    switch (inquiry) {
      case MemberInquiry.RunningInfo info -> answer.accept(running());
      case MemberInquiry.Consume consume -> {
        if (!parts.tasks().start(() -> answer.accept(consumed(consume)))) {
          answer.accept(new MemberAnswer.Refused(ResponseCode.SYSTEM_ERROR, "closed"));
        }
      }
    }
  }

  /** Threads are not told: handlers have virtual ones, which come and go. */
  private MemberAnswer running() {
    Map<String, String> held =
        assignments.held().stream()
            .collect(
                Collectors.toMap(
                    each -> each.queue().toString(),
                    each ->
                        each.process().size() + " messages, " + each.process().bytes() + " bytes"));
    return new MemberAnswer.RunningInfo(
        parts.membership().terms().version(),
        parts.options().ordered(),
        Heartbeat.ConsumeType.CONSUME_PASSIVELY,
        parts.membership().terms().subscriptions(),
        held,
        null);
  }

  private MemberAnswer consumed(MemberInquiry.Consume asked) {
    MessageQueue queue =
        new MessageQueue(
            asked.message().topic(),
            asked.brokerName().isEmpty() ? "unknown" : asked.brokerName(),
            asked.message().queueId());
    long began = parts.clock().nanoTime();
    ConsumeResult result = parts.handler().call(List.of(parts.received(queue, asked.message())));
    return new MemberAnswer.Consumed(
        result instanceof ConsumeResult.Success
            ? MemberAnswer.Consumed.Result.CR_SUCCESS
            : MemberAnswer.Consumed.Result.CR_LATER,
        parts.options().ordered(),
        result.toString(),
        Duration.ofNanos(parts.clock().nanoTime() - began).toMillis());
  }
}
