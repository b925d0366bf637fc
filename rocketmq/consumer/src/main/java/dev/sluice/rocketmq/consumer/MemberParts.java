package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.group.OffsetStore;
import dev.sluice.rocketmq.group.Tasks;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import java.util.concurrent.Semaphore;

/**
 * What the parts of one push consumer have in common.
 *
 * @param membership in its group
 * @param permits of the handlers that may run at a time
 */
record MemberParts(
    PushConsumerOptions options, Membership membership, Semaphore permits, HandlerCalls handler) {

  private static final int MEBI = 1 << 20;

  RemotingClient remoting() {
    return membership.remoting();
  }

  Clock clock() {
    return membership.clock();
  }

  Namespace namespace() {
    return membership.terms().namespace();
  }

  String group() {
    return membership.group();
  }

  String retryTopic() {
    return membership.terms().retryTopic();
  }

  QueueDirectory directory() {
    return membership.directory();
  }

  OffsetStore offsets() {
    return membership.offsets();
  }

  /** The member's virtual threads. */
  Tasks tasks() {
    return membership.tasks();
  }

  boolean isBroadcasting() {
    return membership.terms().isBroadcasting();
  }

  /** After how many repetitions a message is dead. */
  int maxReconsumeTimes() {
    int set = options.maxReconsumeTimes();
    return set >= 0 ? set : options.ordered() ? Integer.MAX_VALUE : 16;
  }

  /**
   * How much of a queue may be held.
   *
   * @param siblings how many queues of the topic this member has
   */
  FlowLimits limits(int siblings) {
    int queues = Math.max(1, siblings);
    return new FlowLimits(
        least(options.maxMessagesPerQueue(), options.maxMessagesPerTopic(), queues),
        least(options.maxMegabytesPerQueue(), options.maxMegabytesPerTopic(), queues) * MEBI,
        options.ordered() ? Long.MAX_VALUE : options.maxSpan());
  }

  private static long least(long ofQueue, long ofTopic, int queues) {
    return ofTopic == PushConsumerOptions.UNLIMITED
        ? ofQueue
        : Math.min(ofQueue, Math.max(1, ofTopic / queues));
  }

  ReceivedMessage received(MessageQueue queue, StoredMessage stored) {
    return membership.received(queue, stored);
  }
}
