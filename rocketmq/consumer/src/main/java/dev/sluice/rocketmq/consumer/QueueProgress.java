package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.group.OffsetStore;
import java.util.List;

/**
 * Notes how far the group is in a queue, by what is pulled of it and dealt with. Safe for all
 * threads.
 *
 * <p>The term is looked at first each time: what is dealt with while the group is set elsewhere was
 * then removed before, or is not there any more.
 */
record QueueProgress(OffsetStore offsets, MessageQueue queue, ProcessQueue process) {

  /** Takes what a pull brought, and where the next one begins. */
  void pulled(List<ReceivedMessage> messages, long next) {
    long term = offsets.term(queue);
    process.put(messages, next).ifPresent(offset -> offsets.advance(queue, offset, term));
  }

  /** Messages are dealt with. */
  void dealtWith(List<ReceivedMessage> messages) {
    long term = offsets.term(queue);
    process.remove(messages).ifPresent(offset -> offsets.advance(queue, offset, term));
  }

  /** The group is there now, and nothing that was pulled before counts. */
  void moved(long offset) {
    process.clear();
    offsets.reset(queue, offset);
  }
}
