package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.group.ConsumeModel;
import dev.sluice.rocketmq.group.OffsetStore;
import dev.sluice.rocketmq.group.Tasks;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import java.util.concurrent.Semaphore;

/**
 * What the parts of one member of a consumer group have in common. Groups and topics are named as
 * brokers know them.
 *
 * @param retryTopic the group's
 * @param tasks the member's virtual threads
 * @param permits of the handlers that may run at a time
 */
record MemberParts(
    PushConsumerOptions options,
    RemotingClient remoting,
    Clock clock,
    Namespace namespace,
    String group,
    String retryTopic,
    QueueDirectory directory,
    OffsetStore offsets,
    Tasks tasks,
    Semaphore permits,
    HandlerCalls handler) {

  private static final int MEBI = 1 << 20;

  boolean isBroadcasting() {
    return options.model() == ConsumeModel.BROADCASTING;
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

  private static int attempt(StoredMessage stored) {
    int times = stored.reconsumeTimes();
    return times == Integer.MAX_VALUE ? times : times + 1;
  }

  /** A message as the application sees it; one of the retry topic is of its first topic again. */
  ReceivedMessage received(MessageQueue queue, StoredMessage stored) {
    String first = stored.property(PropertyNames.RETRY_TOPIC);
    String topic = first != null && queue.topic().equals(retryTopic) ? first : queue.topic();
    return ReceivedMessage.of(stored, namespace.unwrap(topic), queue.broker(), attempt(stored));
  }
}
