package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.wire.Request;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Brings a call to the event loop that serves it: the caller's own, or the next in turn. Safe for
 * all threads.
 */
final class CallRouter implements Commands {
  private final EventLoops loops;
  private final Processors processors;
  private volatile LoopCore @Nullable [] cores;
  private volatile boolean refusing;

  CallRouter(EventLoops loops, Processors processors) {
    this.loops = loops;
    this.processors = processors;
  }

  void start(LoopCore[] started) {
    cores = started;
  }

  boolean isRefusing() {
    return refusing;
  }

  /** Refuses every call from now on. */
  void refuse() {
    refusing = true;
  }

  @Override
  public <R> void call(
      Endpoint endpoint, Request<R> request, Effect effect, long timeoutMillis, Reply<R> reply) {
    route(endpoint, request, effect, false, timeoutMillis, reply);
  }

  @Override
  public void oneWay(Endpoint endpoint, Request<?> request, long timeoutMillis, Reply<Done> reply) {
    route(endpoint, new OneWay(request), Effect.CHANGES, true, timeoutMillis, reply);
  }

  @Override
  public void processor(int code, RequestProcessor processor) {
    processors.register(code, processor);
  }

  /** The same for one that answers later. */
  void lateProcessor(int code, LateProcessor processor) {
    processors.registerLate(code, processor);
  }

  private <R> void route(
      Endpoint endpoint,
      Request<R> request,
      Effect effect,
      boolean oneWay,
      long timeoutMillis,
      Reply<R> reply) {
    LoopCore[] all = requireStarted();
    if (refusing) {
      Replies.fail(reply, LoopCore.closed());
      return;
    }
    int index = loops.currentIndex();
    if (index >= 0) {
      all[index].call(endpoint, request, effect, oneWay, timeoutMillis, reply);
      return;
    }
    LoopCore chosen = all[loops.nextIndex()];
    try {
      chosen.loop.execute(
          () -> chosen.call(endpoint, request, effect, oneWay, timeoutMillis, reply));
    } catch (RejectedExecutionException e) {
      Replies.fail(reply, LoopCore.closed());
    }
  }

  private LoopCore[] requireStarted() {
    LoopCore[] all = cores;
    if (all == null) {
      throw new IllegalStateException("client: not started (expected: start() before use)");
    }
    return all;
  }

  /**
   * Runs a call of several steps on the caller's loop, or on the next in turn, so that all its
   * steps are made there.
   */
  void onLoop(Runnable steps, Reply<?> reply) {
    requireStarted();
    if (refusing) {
      Replies.fail(reply, LoopCore.closed());
    } else if (loops.onLoop()) {
      steps.run();
    } else {
      try {
        loops.current().execute(steps);
      } catch (RejectedExecutionException e) {
        Replies.fail(reply, LoopCore.closed());
      }
    }
  }

  /**
   * Runs on the first loop, always the same one: what brokers remember by connection must come on
   * one connection. False, having done nothing, once the loops are gone.
   */
  boolean atHome(Runnable steps) {
    EventLoop home = requireStarted()[0].loop;
    if (home.inEventLoop()) {
      steps.run();
      return true;
    }
    try {
      home.execute(steps);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** A reply that is given on the calling loop, or on the next in turn, wherever it comes from. */
  <T> Reply<T> here(Reply<T> reply) {
    EventLoop loop = currentLoop();
    return new Reply<>() {
      @Override
      public void done(T value) {
        run(() -> reply.done(value));
      }

      @Override
      public void failed(ClientException failure) {
        run(() -> reply.failed(failure));
      }

      private void run(Runnable end) {
        if (loop.inEventLoop()) {
          end.run();
        } else {
          loop.execute(end);
        }
      }
    };
  }

  /** The loop whose thread is calling. */
  EventLoop currentLoop() {
    return loops.current();
  }
}
