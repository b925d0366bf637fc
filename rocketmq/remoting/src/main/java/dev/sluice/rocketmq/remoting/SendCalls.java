package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SendMessage;
import dev.sluice.rocketmq.requests.SendReply;
import java.util.function.BiConsumer;

/** Sends to the master of the queue's broker, on its VIP channel where that is wanted. */
final class SendCalls implements Sending {
  /** Where a broker's second port is, which serves sends but no pulls and no pops. */
  private static final int VIP_OFFSET = 2;

  private final Commands remoting;
  private final BrokerVersions versions;
  private final boolean vipChannel;

  SendCalls(Commands remoting, BrokerVersions versions, boolean vipChannel) {
    this.remoting = remoting;
    this.versions = versions;
    this.vipChannel = vipChannel;
  }

  private Endpoint address(Endpoint master) {
    return vipChannel && master.port() > VIP_OFFSET
        ? new Endpoint(master.host(), master.port() - VIP_OFFSET)
        : master;
  }

  @Override
  public void send(
      TopicQueue queue, OutgoingMessage message, long timeoutMillis, Reply<SendReply> reply) {
    prepared(
        queue,
        message,
        timeoutMillis,
        reply,
        (address, request) ->
            remoting.call(address, request, Commands.Effect.CHANGES, timeoutMillis, reply));
  }

  @Override
  public void sendOneWay(
      TopicQueue queue, OutgoingMessage message, long timeoutMillis, Reply<Done> reply) {
    prepared(
        queue,
        message,
        timeoutMillis,
        reply,
        (address, request) -> remoting.oneWay(address, request, timeoutMillis, reply));
  }

  /** Sends, unless the message has what only 5.x brokers know and the broker is an older one. */
  private void prepared(
      TopicQueue queue,
      OutgoingMessage message,
      long timeoutMillis,
      Reply<?> reply,
      BiConsumer<Endpoint, SendMessage> send) {
    Endpoint master = queue.broker().master();
    if (master == null) {
      Replies.fail(reply, noMaster(queue));
      return;
    }
    SendMessage request = request(queue, message);
    Endpoint address = address(master);
    String onlyFive = BrokerVersions.onlyFive(message.content().properties());
    if (onlyFive == null) {
      send.accept(address, request);
    } else {
      versions.require(master, onlyFive, timeoutMillis, reply, () -> send.accept(address, request));
    }
  }

  private static SendMessage request(TopicQueue queue, OutgoingMessage message) {
    return new SendMessage(
        message.producerGroup(),
        queue.topic(),
        queue.id(),
        message.systemFlags(),
        message.bornMillis(),
        message.content().flag(),
        message.content().properties(),
        0,
        queue.broker().name(),
        message.content().body(),
        message.template());
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
            batch.messages(),
            batch.template());
    remoting.call(address(master), request, Commands.Effect.CHANGES, timeoutMillis, reply);
  }

  static ClientException noMaster(TopicQueue queue) {
    return ClientException.of(
        FailureCategory.UNAVAILABLE, "broker of " + queue + " has no master now");
  }
}
