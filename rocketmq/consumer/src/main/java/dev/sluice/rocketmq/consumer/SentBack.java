package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.SendBack;
import dev.sluice.rocketmq.runtime.Calls;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has brokers bring messages again, or put them away as dead. */
final class SentBack {
  private static final Logger log = LoggerFactory.getLogger(SentBack.class);

  /** The delay level of what is not to come again. */
  static final int DEAD = SendBack.DEAD;

  private final RemotingClient remoting;
  private final QueueDirectory directory;
  private final Namespace namespace;
  private final String group;
  private final int maxReconsumeTimes;

  SentBack(
      RemotingClient remoting,
      QueueDirectory directory,
      Namespace namespace,
      String group,
      int maxReconsumeTimes) {
    this.remoting = remoting;
    this.directory = directory;
    this.namespace = namespace;
    this.group = group;
    this.maxReconsumeTimes = maxReconsumeTimes;
  }

  /**
   * Gives a message to its broker, and waits until that has it. False if it may not have it: then
   * it must not be taken for consumed.
   */
  boolean toBroker(MessageQueue queue, ReceivedMessage message, int delayLevel)
      throws InterruptedException {
    // Attempts made here, while the broker was away, count as those that it made.
    boolean tooOften = message.attempt() > maxReconsumeTimes;
    SendBack request =
        new SendBack(
            group,
            namespace.wrap(message.topic()),
            message.messageId(),
            message.stored().commitLogOffset(),
            tooOften ? DEAD : delayLevel,
            maxReconsumeTimes);
    try {
      Broker broker = directory.broker(queue);
      Calls.<Done>await(reply -> remoting.consuming().sendBack(broker, request, reply));
      return true;
    } catch (RocketMQException e) {
      log.warn("{} could not be sent back, comes again here: {}", message, e.getMessage());
      return false;
    }
  }
}
