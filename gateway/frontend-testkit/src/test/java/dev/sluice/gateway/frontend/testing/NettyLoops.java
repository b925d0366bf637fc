package dev.sluice.gateway.frontend.testing;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The loops of a Netty group, on which gRPC calls the frontend. */
public final class NettyLoops implements Loops {

  private final List<Loop> loops = new ArrayList<>();

  /** Those of the group, which somebody else closes. */
  public NettyLoops(EventLoopGroup group) {
    for (EventExecutor executor : group) {
      loops.add(new NettyLoop(loops.size(), (EventLoop) executor));
    }
  }

  @Override
  public Loop current() {
    return loops.stream().filter(Loop::inLoop).findFirst().orElseGet(loops::getFirst);
  }

  @Override
  public List<Loop> all() {
    return List.copyOf(loops);
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
      Future<?> timer = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> timer.cancel(false);
    }
  }
}
