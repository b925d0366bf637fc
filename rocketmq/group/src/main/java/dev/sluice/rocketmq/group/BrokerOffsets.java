package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.Calls;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
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
    return noted.atOr(queue, committed);
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
    List<Storing> all = new ArrayList<>();
    for (MessageQueue queue : queues) {
      NotedOffsets.Unstored offset = noted.unstored(queue);
      if (offset == null) {
        continue;
      }
      try {
        TopicQueue where = directory.find(queue);
        Storing storing =
            new Storing(
                queue,
                offset,
                FutureReply.of(
                    reply -> remoting.offsets().commit(group, where, offset.offset(), reply)));
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

  private void notStored(MessageQueue queue, Throwable failure) {
    log.warn(
        "The offset of group {} in {} could not be stored: {}", group, queue, failure.getMessage());
  }

  @Override
  public void forget(MessageQueue queue) {
    noted.forget(queue);
  }
}
