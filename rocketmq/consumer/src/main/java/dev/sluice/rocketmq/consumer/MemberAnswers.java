package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.requests.MemberAnswer;
import dev.sluice.rocketmq.requests.MemberInquiry;
import dev.sluice.rocketmq.requests.MemberOffsets;
import dev.sluice.rocketmq.requests.QueueLocks;
import dev.sluice.rocketmq.runtime.AskedMember;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers for one member what administrators ask, and does what they want of its offsets. */
final class MemberAnswers implements AskedMember {
  private static final Logger log = LoggerFactory.getLogger(MemberAnswers.class);

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

  @Override
  public void reset(MemberOffsets.Reset reset) {
    Map<MessageQueue, Long> offsets = new HashMap<>();
    reset
        .offsets()
        .forEach(
            (queue, offset) ->
                offsets.put(
                    new MessageQueue(queue.topic(), queue.brokerName(), queue.queueId()), offset));
    log.info("An administrator has group {} go on from {}", parts.group(), offsets);
    assignments.move(offsets);
  }

  @Override
  public Map<QueueLocks.Queue, Long> asked(MemberOffsets.Asked asked) {
    Map<QueueLocks.Queue, Long> offsets = new HashMap<>();
    for (MessageQueue queue : assignments.queues()) {
      if (queue.topic().equals(asked.topic())) {
        parts
            .offsets()
            .noted(queue)
            .ifPresent(
                offset ->
                    offsets.put(
                        new QueueLocks.Queue(queue.topic(), queue.broker(), queue.id()), offset));
      }
    }
    return offsets;
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
