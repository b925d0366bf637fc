package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.runtime.Calls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads topics queue by queue, without consuming anything. Waits for brokers. */
final class TopicReader {
  private static final int PULLED = 64;

  private final Membership membership;

  TopicReader(Membership membership) {
    this.membership = membership;
  }

  /**
   * Reads messages.
   *
   * @param topic as brokers know it
   * @param after the message behind which to begin; null for the beginning
   */
  List<InboundMessage> read(String topic, Partitions.@Nullable Position after, int max)
      throws InterruptedException {
    List<InboundMessage> read = new ArrayList<>();
    for (MessageQueue queue : membership.directory().queues(topic)) {
      int order = after == null ? 1 : queue.compareTo(after.queue());
      if (order >= 0) {
        readQueue(queue, order == 0 && after != null ? after.offset() + 1 : 0, max, read);
      }
    }
    return read;
  }

  private void readQueue(MessageQueue queue, long from, int max, List<InboundMessage> into)
      throws InterruptedException {
    TopicQueue where = membership.directory().find(queue);
    long next = from;
    while (into.size() < max) {
      long at = next;
      PullReply reply =
          Calls.await(
              answer ->
                  membership
                      .remoting()
                      .pulling()
                      .pull(
                          membership.group(),
                          where,
                          at,
                          Math.min(PULLED, max - into.size()),
                          0,
                          Filter.ALL,
                          answer));
      for (StoredMessage stored : reply.messages()) {
        into.add(Messages.inbound(queue, membership.received(queue, stored)));
      }
      next = reply.nextOffset();
      if (next <= at || next >= reply.maxOffset()) {
        return;
      }
    }
  }
}
