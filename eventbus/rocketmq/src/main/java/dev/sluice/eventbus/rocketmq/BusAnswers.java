package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.transport.PartitionStatus;
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

/** Answers what administrators ask members of the group, and goes on from where they say. */
final class BusAnswers implements AskedMember {
  private static final Logger log = LoggerFactory.getLogger(BusAnswers.class);

  private final Membership membership;
  private final QueueFlows flows;

  BusAnswers(Membership membership, QueueFlows flows) {
    this.membership = membership;
    this.flows = flows;
  }

  @Override
  public void asked(MemberInquiry inquiry, Consumer<MemberAnswer> answer) {
    answer.accept(
        switch (inquiry) {
          case MemberInquiry.RunningInfo info ->
              new MemberAnswer.RunningInfo(
                  membership.terms().version(),
                  true,
                  Heartbeat.ConsumeType.CONSUME_ACTIVELY,
                  membership.terms().subscriptions(),
                  flows.partitions().stream()
                      .collect(Collectors.toMap(PartitionStatus::partition, Object::toString)),
                  null);
          case MemberInquiry.Consume consume ->
              new MemberAnswer.Refused(
                  ResponseCode.SYSTEM_ERROR, "an event bus consumes in order only");
        });
  }

  @Override
  public void reset(MemberOffsets.Reset reset) {
    log.info("An administrator has group {} go on from {}", membership.group(), reset.offsets());
    reset
        .offsets()
        .forEach(
            (queue, offset) ->
                flows.move(
                    new MessageQueue(queue.topic(), queue.brokerName(), queue.queueId()), offset));
  }

  @Override
  public Map<QueueLocks.Queue, Long> asked(MemberOffsets.Asked asked) {
    Map<QueueLocks.Queue, Long> offsets = new HashMap<>();
    for (MessageQueue queue : flows.queues()) {
      membership
          .offsets()
          .noted(queue)
          .ifPresent(
              offset -> {
                if (queue.topic().equals(asked.topic())) {
                  offsets.put(
                      new QueueLocks.Queue(queue.topic(), queue.broker(), queue.id()), offset);
                }
              });
    }
    return offsets;
  }
}
