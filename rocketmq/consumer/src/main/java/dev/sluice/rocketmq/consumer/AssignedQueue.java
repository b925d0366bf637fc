package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import java.util.List;

/** A queue that this member has: what is done with the messages that are pulled of it. */
sealed interface AssignedQueue permits ConcurrentQueue, OrderedQueue, PulledQueue {

  /** Which, its topic named as brokers know it. */
  MessageQueue queue();

  /** What of it is not consumed. */
  ProcessQueue process();

  /** Takes messages that the process queue has now, in their order. Does not wait. */
  void deliver(List<ReceivedMessage> messages);

  /** Starts what consumes. */
  void start();

  /** Takes into the process queue what a pull brought, and where the next one begins. */
  void pulled(List<ReceivedMessage> messages, long next);

  /** There is nothing before this offset any more, whatever is held: it goes on there. */
  void moved(long offset);
}
