package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.requests.StoredMessage;

/** Who reads a group's queues here: what is asked of a queue, and who hears of it. */
interface Readers {

  /** How many messages are asked for of this queue. */
  int demand(ReadQueue queue);

  /** What its readers ask for. */
  Filter filter(ReadQueue queue);

  /** The topic whose readers a message of the retry topic is for. */
  String topicOf(StoredMessage message);

  /** Whether messages of the topic have readers in this group here, now or soon. */
  boolean knows(String topic);

  /** Messages are ready. */
  void ready(ReadQueue queue);

  /** A caller's time for a message is over, or its broker did not take it: it is to go back. */
  void expired(Held held);

  /** A message has nobody here who could read it. */
  void unread(Held held);

  /** The queue could not be read, and will be tried again. */
  void failed(ReadQueue queue, ClientException failure);

  /** Nothing of a queue is out any more that is to be given up. */
  void quiet(ReadQueue queue);
}
