package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.requests.RecallHandle;
import dev.sluice.rocketmq.requests.RecallMessage;

/**
 * Takes one message back, at the broker that its handle names.
 *
 * @param group of whoever asks, as brokers know it
 * @param text the handle as the broker gave it
 */
record Recall(RemotingClient remoting, String group, RecallHandle handle, String text) {

  /**
   * For the handle of a message of this topic, as brokers know it.
   *
   * @throws RocketMQException INVALID_ARGUMENT for a handle of another topic
   */
  static Recall of(RemotingClient remoting, String group, String topic, String text) {
    RecallHandle handle = RecallHandle.parse(text);
    if (!handle.topic().equals(topic)) {
      throw RocketMQException.invalid("topic of the recall handle", handle.topic(), topic);
    }
    return new Recall(remoting, group, handle, text);
  }

  /** Does it; the reply takes the message's id. */
  void run(long timeoutMillis, Reply<String> reply) {
    remoting
        .routes()
        .lookup(
            handle.topic(),
            new Reply<>() {
              @Override
              public void done(Route route) {
                ask(route, timeoutMillis, reply);
              }

              @Override
              public void failed(ClientException failure) {
                reply.failed(failure);
              }
            });
  }

  private void ask(Route route, long timeoutMillis, Reply<String> reply) {
    Broker broker = route.broker(handle.brokerName());
    Endpoint master = broker == null ? null : broker.master();
    if (master == null) {
      reply.failed(
          ClientException.of(
              FailureCategory.UNAVAILABLE,
              "broker " + handle.brokerName() + ", which keeps the message, is not there now"));
      return;
    }
    RecallMessage request = new RecallMessage(group, handle.topic(), text, handle.brokerName());
    remoting.commands().call(master, request, Commands.Effect.CHANGES, timeoutMillis, reply);
  }
}
