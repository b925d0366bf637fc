package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.requests.MemberAnswer;
import dev.sluice.rocketmq.requests.MemberInquiry;
import dev.sluice.rocketmq.requests.MemberOffsets;
import dev.sluice.rocketmq.requests.QueueLocks;
import dev.sluice.rocketmq.runtime.AskedMember;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers for a pull consumer what administrators ask, and reads from where they say. */
final class PullAnswers implements AskedMember {
  private static final Logger log = LoggerFactory.getLogger(PullAnswers.class);

  private final Membership parts;
  private final PulledQueues queues;

  PullAnswers(Membership parts, PulledQueues queues) {
    this.parts = parts;
    this.queues = queues;
  }

  @Override
  public void asked(MemberInquiry inquiry, Consumer<MemberAnswer> answer) {
    answer.accept(
        switch (inquiry) {
          case MemberInquiry.RunningInfo info ->
              new MemberAnswer.RunningInfo(
                  parts.terms().version(),
                  false,
                  Heartbeat.ConsumeType.CONSUME_ACTIVELY,
                  parts.terms().subscriptions(),
                  queues.positions().entrySet().stream()
                      .collect(
                          Collectors.toMap(
                              each -> each.getKey().toString(),
                              each -> "next offset " + each.getValue())),
                  null);
          case MemberInquiry.Consume consume ->
              new MemberAnswer.Refused(ResponseCode.SYSTEM_ERROR, "a pull consumer has no handler");
        });
  }

  @Override
  public void reset(MemberOffsets.Reset reset) {
    log.info("An administrator has group {} go on from {}", parts.group(), reset.offsets());
    reset
        .offsets()
        .forEach(
            (queue, offset) ->
                queues.seek(
                    new MessageQueue(queue.topic(), queue.brokerName(), queue.queueId()), offset));
  }

  @Override
  public Map<QueueLocks.Queue, Long> asked(MemberOffsets.Asked asked) {
    Map<QueueLocks.Queue, Long> offsets = new HashMap<>();
    queues
        .positions()
        .forEach(
            (queue, offset) -> {
              if (queue.topic().equals(asked.topic())) {
                offsets.put(
                    new QueueLocks.Queue(queue.topic(), queue.broker(), queue.id()), offset);
              }
            });
    return offsets;
  }
}
