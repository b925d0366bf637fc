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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offsets that the brokers of the queues keep, for members that share them. */
public final class BrokerOffsets implements OffsetStore {
  private static final Logger log = LoggerFactory.getLogger(BrokerOffsets.class);

  private final RemotingClient remoting;
  private final QueueDirectory directory;
  private final String group;

  private final NotedOffsets noted = new NotedOffsets();

  /**
   * Whose turn it is to store: of two offsets of a queue that are under way, brokers may store the
   * older one last.
   */
  private final Semaphore turn = new Semaphore(1);

  /** Where {@link #commit} has stored something; as many as there are queues. */
  private final Set<MessageQueue> safe = ConcurrentHashMap.newKeySet();

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
    return noted.atOr(queue, committed(queue));
  }

  private long committed(MessageQueue queue) throws InterruptedException {
    TopicQueue where = directory.find(queue);
    return Calls.<Long>await(reply -> remoting.offsets().committed(group, where, reply));
  }

  @Override
  public OptionalLong stored(MessageQueue queue) throws InterruptedException {
    long offset = committed(queue);
    return offset == Offsets.NONE ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  @Override
  public OptionalLong noted(MessageQueue queue) {
    return noted.at(queue);
  }

  @Override
  public long term(MessageQueue queue) {
    return noted.term(queue);
  }

  @Override
  public void advance(MessageQueue queue, long offset, long term) {
    noted.advance(queue, offset, term);
  }

  @Override
  public void reset(MessageQueue queue, long offset) {
    noted.reset(queue, offset);
  }

  /** An offset on its way to the broker. */
  private record Storing(
      MessageQueue queue, NotedOffsets.Unstored offset, FutureReply<Done> answer) {}

  @Override
  public void persist(Collection<MessageQueue> queues) throws InterruptedException {
    turn.acquire();
    try {
      store(queues);
    } finally {
      turn.release();
    }
  }

  private void store(Collection<MessageQueue> queues) throws InterruptedException {
    List<Storing> all = new ArrayList<>();
    for (MessageQueue queue : queues) {
      NotedOffsets.Unstored offset = noted.unstored(queue);
      if (offset == null) {
        continue;
      }
      try {
        TopicQueue where = directory.find(queue);
        Storing storing = new Storing(queue, offset, committing(where, offset.offset()));
        if (offset.first()) {
          ended(storing);
        } else {
          all.add(storing);
        }
      } catch (RocketMQException e) {
        notStored(queue, e);
      }
    }
    for (Storing each : all) {
      ended(each);
    }
  }

  private void ended(Storing storing) throws InterruptedException {
    try {
      storing.answer.get();
      noted.stored(storing.queue, storing.offset);
    } catch (ExecutionException e) {
      notStored(storing.queue, e.getCause() == null ? e : e.getCause());
    }
  }

  @Override
  public void commit(Map<MessageQueue, Long> offsets) throws InterruptedException {
    List<FutureReply<Done>> calls = new ArrayList<>();
    @Nullable RocketMQException failed = null;
    for (Map.Entry<MessageQueue, Long> each : offsets.entrySet()) {
      try {
        TopicQueue where = directory.find(each.getKey());
        if (safe.contains(each.getKey())) {
          calls.add(committing(where, each.getValue()));
        } else {
          // One by one and twice, as brokers lose one of two first ones that come together.
          committed(committing(where, each.getValue()));
          committed(committing(where, each.getValue()));
          safe.add(each.getKey());
        }
      } catch (RocketMQException e) {
        failed = joined(failed, e);
      }
    }
    for (FutureReply<Done> call : calls) {
      try {
        committed(call);
      } catch (RocketMQException e) {
        failed = joined(failed, e);
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  private FutureReply<Done> committing(TopicQueue queue, long offset) {
    return FutureReply.of(reply -> remoting.offsets().commit(group, queue, offset, reply));
  }

  private static void committed(FutureReply<Done> call) throws InterruptedException {
    try {
      call.get();
    } catch (ExecutionException e) {
      throw RocketMQException.rethrown(e);
    }
  }

  private static RocketMQException joined(
      @Nullable RocketMQException before, RocketMQException failure) {
    if (before == null) {
      return failure;
    }
    before.addSuppressed(failure);
    return before;
  }

  private void notStored(MessageQueue queue, Throwable failure) {
    log.warn(
        "The offset of group {} in {} could not be stored: {}", group, queue, failure.getMessage());
  }

  @Override
  public void forget(MessageQueue queue) {
    noted.forget(queue);
    safe.remove(queue);
  }
}
