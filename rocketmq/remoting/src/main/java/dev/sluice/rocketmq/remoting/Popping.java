package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.AwaitMessages;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.requests.PopReply;
import java.util.List;

/**
 * Takes messages and acknowledges them, each for itself (5.x brokers). A broker says OK to handles
 * that are void, expired or invented: whoever calls judges them first.
 */
public interface Popping {

  /**
   * Asks one broker of the topic for messages; each call on a loop asks the next one in turn. Looks
   * up the route if it is not at hand. Fails as TIMEOUT when nothing came until well after the
   * wait.
   */
  void pop(PopRequest request, Reply<PopReply> reply);

  /** Asks this broker for messages. */
  void pop(Broker broker, PopRequest request, Reply<PopReply> reply);

  /**
   * Waits until a pop by this group is worth a try at this broker, and takes nothing: a pop that
   * waits would pass over what its filter does not match when its wait ends. Brokers before 5.5
   * regard no filter. Fails as TIMEOUT when nothing came until well after the wait.
   *
   * @param ordered for an ordered pop, to which blocked queues are no reason. Nobody is told when
   *     one is free again: look now and then
   */
  void await(
      Broker broker,
      String group,
      String topic,
      int queueId,
      Filter filter,
      boolean ordered,
      long waitMillis,
      Reply<AwaitMessages.Answer> reply);

  /**
   * Asks this broker for messages of the lite topics that a client has subscribed to.
   *
   * @param clientId the client, as it subscribed
   * @param request of the topic that they are of; its filter, queue, order and start mean nothing
   */
  void popLite(Broker broker, String clientId, PopRequest request, Reply<PopReply> reply);

  /**
   * Acknowledges one message.
   *
   * @param topic the topic that was popped, never the retry topic
   */
  void ack(
      String group, String topic, PopHandle handle, long timeoutMillis, Reply<AckStatus> reply);

  /**
   * Acknowledges messages of one group and topic: one request per broker, or one per message where
   * a broker does not know batches. Done when all are decided; never fails as a whole.
   *
   * @param reply one status per handle, in their order
   */
  void ackAll(
      String group,
      String topic,
      List<PopHandle> handles,
      long timeoutMillis,
      Reply<List<AckStatus>> reply);

  /**
   * Sets for how long from now the message stays hidden. The handle is void afterwards; the one
   * that the reply gets takes its place. Fails as NOT_FOUND when the message is gone.
   *
   * @param invisibleMillis 1 or more; the message is shown again some seconds after it at the
   *     latest
   */
  void changeInvisible(
      String group,
      String topic,
      PopHandle handle,
      long invisibleMillis,
      long timeoutMillis,
      Reply<PopHandle> reply);
}
