package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SendMessage;
import dev.sluice.rocketmq.requests.SendReply;

/** Sends to the master of the queue's broker. */
final class SendCalls implements Sending {
  private final Commands remoting;
  private final BrokerVersions versions;

  SendCalls(Commands remoting, BrokerVersions versions) {
    this.remoting = remoting;
    this.versions = versions;
  }

  @Override
  public void send(
      TopicQueue queue, OutgoingMessage message, long timeoutMillis, Reply<SendReply> reply) {
    Endpoint master = queue.broker().master();
    if (master == null) {
      Replies.fail(reply, noMaster(queue));
      return;
    }
    SendMessage request =
        new SendMessage(
            message.producerGroup(),
            queue.topic(),
            queue.id(),
            message.systemFlags(),
            message.bornMillis(),
            message.content().flag(),
            message.content().properties(),
            0,
            queue.broker().name(),
            message.content().body());
    String onlyFive = BrokerVersions.onlyFive(message.content().properties());
    if (onlyFive == null) {
      remoting.call(master, request, Commands.Effect.CHANGES, timeoutMillis, reply);
    } else {
      versions.require(
          master,
          onlyFive,
          timeoutMillis,
          reply,
          () -> remoting.call(master, request, Commands.Effect.CHANGES, timeoutMillis, reply));
    }
  }

  @Override
  public void sendBatch(
      TopicQueue queue, OutgoingBatch batch, long timeoutMillis, Reply<SendReply> reply) {
    Endpoint master = queue.broker().master();
    if (master == null) {
      Replies.fail(reply, noMaster(queue));
      return;
    }
    SendBatch request =
        new SendBatch(
            batch.producerGroup(),
            queue.topic(),
            queue.id(),
            batch.systemFlags(),
            batch.bornMillis(),
            queue.broker().name(),
            batch.messages());
    remoting.call(master, request, Commands.Effect.CHANGES, timeoutMillis, reply);
  }

  static ClientException noMaster(TopicQueue queue) {
    return ClientException.of(
        FailureCategory.UNAVAILABLE, "broker of " + queue + " has no master now");
  }
}
