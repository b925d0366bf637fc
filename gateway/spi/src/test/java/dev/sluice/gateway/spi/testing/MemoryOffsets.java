package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.QueueOffsets;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Positions in queues in memory. */
record MemoryOffsets(MemoryCluster cluster, Calls calls) implements QueueOffsets {

  /** Makes calls as the upstream's own. */
  interface Calls {
    <T> void make(Completion<T> completion, Supplier<T> effect);
  }

  @Override
  public void first(String topic, QueueId queue, Completion<Long> completion) {
    calls.make(
        completion,
        () -> {
          synchronized (cluster) {
            cluster.topic(topic).queue(queue);
            return 0L;
          }
        });
  }

  @Override
  public void end(String topic, QueueId queue, Completion<Long> completion) {
    calls.make(completion, () -> endOf(topic, queue));
  }

  private long endOf(String topic, QueueId queue) {
    synchronized (cluster) {
      return cluster.topic(topic).queue(queue).size();
    }
  }

  @Override
  public void at(String topic, QueueId queue, long epochMillis, Completion<Long> completion) {
    calls.make(
        completion,
        () -> {
          synchronized (cluster) {
            return cluster.topic(topic).queue(queue).stream()
                .filter(stored -> stored.storedAt() < epochMillis)
                .count();
          }
        });
  }

  @Override
  public void committed(
      String group, String topic, QueueId queue, Completion<OptionalLong> completion) {
    calls.make(
        completion,
        () -> {
          synchronized (cluster) {
            cluster.topic(topic).queue(queue);
            return cluster.committed(group, topic, queue);
          }
        });
  }

  @Override
  public void commit(
      String group, String topic, QueueId queue, long offset, Completion<Void> completion) {
    calls.make(
        new Completion<Boolean>() {
          @Override
          public void done(Boolean committed) {
            Completion.succeed(completion);
          }

          @Override
          public void failed(GatewayException failure) {
            completion.failed(failure);
          }
        },
        () -> {
          synchronized (cluster) {
            long end = endOf(topic, queue);
            if (offset < 0 || offset > end) {
              throw GatewayException.invalid(
                  Subject.OFFSET, "offset: " + offset + " (expected: 0 to " + end + ")");
            }
            cluster.commit(group, topic, queue, offset);
            return true;
          }
        });
  }
}
