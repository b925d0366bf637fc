package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.SendReply;

/** One attempt of a send: what is written to the queue's broker. */
@FunctionalInterface
interface Writing {
  void write(TopicQueue queue, long timeoutMillis, Reply<SendReply> reply);
}
