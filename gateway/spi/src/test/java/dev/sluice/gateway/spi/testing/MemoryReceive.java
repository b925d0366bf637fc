package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ReceiveRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for what a receive asks for. */
record MemoryReceive(MemoryCluster cluster, MemoryFaults faults, ReceiveRequest request)
    implements MemoryWait.Look<List<Delivery>> {

  @Override
  public @Nullable List<Delivery> now(long now) {
    MemoryTopic topic = cluster.topic(request.topic());
    topic.release(now);
    List<Delivery> found = cluster.group(topic, request.group()).take(request, now, faults);
    return found.isEmpty() ? null : found;
  }

  @Override
  public long next(long now) {
    MemoryTopic topic = cluster.topic(request.topic());
    return Math.min(topic.release(now), cluster.group(topic, request.group()).nextVisible(now));
  }

  @Override
  public List<Delivery> nothing() {
    return List.of();
  }
}
