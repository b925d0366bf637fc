package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.SendReply;

/** Takes the end of a send: one of the two, once, on an event loop or on the caller's thread. */
interface Outcome {

  void stored(TopicQueue queue, SendReply reply);

  void failed(RocketMQException failure);
}
