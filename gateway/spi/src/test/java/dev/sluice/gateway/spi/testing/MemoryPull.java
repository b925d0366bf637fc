package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for what a pull asks for. */
final class MemoryPull implements MemoryWait.Look<Pulled> {

  private final MemoryCluster cluster;
  private final PullRequest request;
  private long next;

  MemoryPull(MemoryCluster cluster, PullRequest request) {
    this.cluster = cluster;
    this.request = request;
    this.next = request.offset();
  }

  @Override
  public @Nullable Pulled now(long now) {
    MemoryTopic topic = cluster.topic(request.topic());
    topic.release(now);
    List<MemoryTopic.Stored> queue = topic.queue(request.queue());
    if (request.offset() < 0) {
      throw GatewayException.invalid(
          Subject.OFFSET, "offset: " + request.offset() + " (expected: 0 or more)");
    }
    if (request.offset() > queue.size()) {
      return new Pulled.OutOfRange(queue.size());
    }
    var found = new ArrayList<Delivery>();
    while (next < queue.size() && found.size() < request.max()) {
      MemoryTopic.Stored stored = queue.get((int) next++);
      if (MemoryGroup.matches(request.filter(), stored)) {
        found.add(stored.delivery(topic.name(), 1, "", 0));
      }
    }
    return found.isEmpty() ? null : new Pulled.Found(found, next);
  }

  @Override
  public long next(long now) {
    return cluster.topic(request.topic()).release(now);
  }

  @Override
  public Pulled nothing() {
    return new Pulled.Nothing(next);
  }
}
