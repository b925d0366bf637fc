package dev.sluice.rocketmq.producer;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.TimeoutScheduler;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.Routes;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What all sends of a producer go by. Safe for all threads. */
final class SendPath {
  private final ProducerOptions options;
  private final ClientRuntime runtime;
  private final @Nullable BrokerLatency latency;
  private final QueueChoice choice;

  /** Sends that wait for their next attempt; each is taken out by whoever goes on with it. */
  private final Set<Paused> paused = ConcurrentHashMap.newKeySet();

  private volatile boolean open = true;

  SendPath(ProducerOptions options, ClientRuntime runtime) {
    this.options = options;
    this.runtime = runtime;
    this.latency = options.avoidSlowBrokers() ? new BrokerLatency(runtime.clock()) : null;
    this.choice = new QueueChoice(latency);
  }

  Clock clock() {
    return runtime.clock();
  }

  Routes routes() {
    return runtime.remoting().routes();
  }

  QueueChoice choice() {
    return choice;
  }

  boolean isOpen() {
    return open;
  }

  /** A send between two attempts. */
  private record Paused(Runnable next, Runnable cancel) {
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** Runs the next step later, on an event loop, or the other one if retries end before. */
  void pause(Duration time, Runnable next, Runnable cancel) {
    Paused entry = new Paused(next, cancel);
    paused.add(entry);
    if (!open) {
      cancel(entry);
      return;
    }
    var unused =
        runtime.schedule(
            () -> {
              if (paused.remove(entry)) {
                next.run();
              }
            },
            time);
  }

  /** No send is tried again from now on; those that wait to be end. */
  void endRetries() {
    open = false;
    List.copyOf(paused).forEach(this::cancel);
  }

  private void cancel(Paused entry) {
    if (paused.remove(entry)) {
      entry.cancel.run();
    }
  }

  /** By when a send ends that begins now. */
  long deadlineNanos() {
    return clock().nanoTime() + options.sendTimeout().toNanos();
  }

  /** What a send ends with whose time is up before it was written. */
  RocketMQException late(String what) {
    return RocketMQException.of(
        RocketMQException.Category.TIMEOUT,
        what + " within " + options.sendTimeout() + " for a send");
  }

  long attemptTimeoutMillis() {
    return options.attemptTimeout().toMillis();
  }

  boolean retriesNotOk() {
    return options.retryNotOk();
  }

  boolean retriesUnknownOutcome() {
    return options.retryUnknownOutcome();
  }

  TimeoutScheduler.Timeout schedule(Runnable task, Duration delay) {
    return runtime.schedule(task, delay);
  }

  /** Looks up where to send, also for a topic that is yet to be made. */
  void lookUp(String topic, Reply<Route> reply) {
    routes().lookupForSend(topic, options.template(), reply);
  }

  /** Has the route looked up again, for those who come later. */
  void refresh(String topic) {
    routes()
        .refresh(
            topic,
            new Reply<Route>() {
              @Override
              public void done(Route route) {}

              @Override
              public void failed(ClientException failure) {}
            });
  }

  void answered(TopicQueue queue, long nanos) {
    if (latency != null) {
      latency.answered(queue.broker().name(), TimeUnit.NANOSECONDS.toMillis(nanos));
    }
  }

  void failed(TopicQueue queue) {
    if (latency != null) {
      latency.failed(queue.broker().name());
    }
  }
}
