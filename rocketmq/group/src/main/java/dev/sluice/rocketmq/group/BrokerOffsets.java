package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.Calls;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offsets that the brokers of the queues keep, for members that share them. */
public final class BrokerOffsets implements OffsetStore {
  private static final Logger log = LoggerFactory.getLogger(BrokerOffsets.class);

  private final RemotingClient remoting;
  private final QueueDirectory directory;
  private final String group;

  /** Both are left by {@link #forget}. */
  private final Map<MessageQueue, Long> noted = new ConcurrentHashMap<>();

  private final Map<MessageQueue, Long> stored = new ConcurrentHashMap<>();

  /**
   * Nothing noted yet.
   *
   * @param group as brokers know it
   */
  public BrokerOffsets(RemotingClient remoting, QueueDirectory directory, String group) {
    this.remoting = remoting;
    this.directory = directory;
    this.group = group;
  }

  @Override
  public OptionalLong load(MessageQueue queue) throws InterruptedException {
    TopicQueue where = directory.find(queue);
    long committed = Calls.await(reply -> remoting.offsets().committed(group, where, reply));
    Long here = noted.get(queue);
    if (here != null && here > committed) {
      return OptionalLong.of(here);
    }
    return committed == Offsets.NONE ? OptionalLong.empty() : OptionalLong.of(committed);
  }

  @Override
  public void advance(MessageQueue queue, long offset) {
    noted.merge(queue, offset, Math::max);
  }

  @Override
  public void reset(MessageQueue queue, long offset) {
    noted.put(queue, offset);
  }

  @Override
  public void persist(Collection<MessageQueue> queues) throws InterruptedException {
    Map<MessageQueue, Long> offsets = new HashMap<>();
    Map<MessageQueue, FutureReply<Done>> calls = new HashMap<>();
    for (MessageQueue queue : queues) {
      Long offset = noted.get(queue);
      if (offset == null || offset.equals(stored.get(queue))) {
        continue;
      }
      try {
        TopicQueue where = directory.find(queue);
        offsets.put(queue, offset);
        calls.put(
            queue, FutureReply.of(reply -> remoting.offsets().commit(group, where, offset, reply)));
      } catch (RocketMQException e) {
        notStored(queue, e);
      }
    }
    for (Map.Entry<MessageQueue, FutureReply<Done>> call : calls.entrySet()) {
      MessageQueue queue = call.getKey();
      try {
        call.getValue().get();
        Long offset = offsets.get(queue);
        if (offset != null && noted.containsKey(queue)) {
          stored.put(queue, offset);
        }
      } catch (ExecutionException e) {
        notStored(queue, e.getCause() == null ? e : e.getCause());
      }
    }
  }

  private void notStored(MessageQueue queue, Throwable failure) {
    log.warn(
        "The offset of group {} in {} could not be stored: {}", group, queue, failure.getMessage());
  }

  @Override
  public void forget(MessageQueue queue) {
    noted.remove(queue);
    stored.remove(queue);
  }
}
