package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.rocketmq.remoting.EventLoops;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of the RocketMQ client, which are also those of the gRPC server, as the gateway
 * sees them. Owns nothing: the loops are closed by whoever opened them.
 *
 * <p>Safe for use by several threads.
 */
public final class NettyLoops implements Loops {
  private final EventLoops loops;
  private final List<Loop> all;

  private NettyLoops(EventLoops loops) {
    this.loops = loops;
    List<Loop> all = new ArrayList<>();
    for (EventLoop loop : loops.all()) {
      all.add(new NettyLoop(all.size(), loop));
    }
    this.all = List.copyOf(all);
  }

  /**
   * These loops.
   *
   * @param loops which must have been started
   */
  public static NettyLoops of(EventLoops loops) {
    return new NettyLoops(loops);
  }

  @Override
  public Loop current() {
    return all.get(loops.currentOrNextIndex());
  }

  @Override
  public List<Loop> all() {
    return all;
  }

  private record NettyLoop(int index, EventLoop loop) implements Loop {

    @Override
    public boolean inLoop() {
      return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
      Future<?> scheduled = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> scheduled.cancel(false);
    }
  }
}
