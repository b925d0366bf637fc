package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.List;

/** One receive that may wait; runs on its caller's loop. */
final class MemoryReceive implements Cancellable {

  private final MemoryUpstream upstream;
  private final Loop loop;
  private final Clock clock;
  private final ReceiveRequest request;
  private final Completion<List<Delivery>> completion;
  private final Runnable watcher;
  private final long endsAt;
  private Cancellable timer = Cancellable.NONE;
  private boolean over;

  MemoryReceive(
      MemoryUpstream upstream,
      Loop loop,
      Clock clock,
      ReceiveRequest request,
      Completion<List<Delivery>> completion) {
    this.upstream = upstream;
    this.loop = loop;
    this.clock = clock;
    this.request = request;
    this.completion = completion;
    this.watcher = () -> loop.execute(this::look);
    this.endsAt = clock.currentTimeMillis() + request.maxWait().toMillis();
  }

  Loop loop() {
    return loop;
  }

  void begin() {
    GatewayException failure = upstream.failureOf(Operation.RECEIVE);
    if (failure != null) {
      fail(failure);
      return;
    }
    upstream.cluster().watch(watcher);
    look();
  }

  private void look() {
    if (over) {
      return;
    }
    timer.cancel();
    List<Delivery> found;
    long next;
    MemoryCluster cluster = upstream.cluster();
    long now = clock.currentTimeMillis();
    try {
      synchronized (cluster) {
        MemoryTopic topic = cluster.topic(request.topic());
        next = topic.release(now);
        MemoryGroup group = cluster.group(topic, request.group());
        found = group.take(request, now, upstream.faults());
        next = Math.min(next, group.nextVisible(now));
      }
    } catch (GatewayException e) {
      fail(e);
      return;
    }
    if (found.isEmpty() && now < endsAt) {
      timer = loop.schedule(this::look, Duration.ofMillis(Math.min(endsAt, next) - now));
    } else {
      finish();
      completion.done(found);
    }
  }

  @Override
  public void cancel() {
    end(
        new GatewayException(
            ErrorCategory.CANCELLED, GatewayException.Subject.NONE, "receive: cancelled"));
  }

  void end(GatewayException failure) {
    loop.execute(() -> fail(failure));
  }

  private void fail(GatewayException failure) {
    if (!over) {
      finish();
      completion.failed(failure);
    }
  }

  private void finish() {
    over = true;
    timer.cancel();
    upstream.cluster().unwatch(watcher);
    upstream.forget(this);
  }
}
