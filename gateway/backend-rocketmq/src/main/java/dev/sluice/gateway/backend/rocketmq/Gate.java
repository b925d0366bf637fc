package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.rocketmq.remoting.EventLoops;

/**
 * What an upstream's calls pass before anything is done for them: they go to a loop, and fail there
 * once the upstream is closed. Safe for use by any thread.
 */
final class Gate {

  private final EventLoops loops;
  private final String endpoint;
  private volatile boolean closed;

  Gate(EventLoops loops, String endpoint) {
    this.loops = loops;
    this.endpoint = endpoint;
  }

  /** Has all calls fail from now on. */
  void close() {
    closed = true;
  }

  /** Runs the call on its caller's loop, or on any where it comes from elsewhere. */
  void onLoop(Completion<?> completion, Runnable call) {
    if (loops.onLoop()) {
      unlessClosed(completion, call);
    } else {
      loops.current().execute(() -> unlessClosed(completion, call));
    }
  }

  /** The same about a topic that is none of the broker's own. */
  void onLoop(Completion<?> completion, String topic, Runnable call) {
    onLoop(completion, topic, "", call);
  }

  /** The same about a topic and a group. */
  void onLoop(Completion<?> completion, String topic, String group, Runnable call) {
    onLoop(
        completion,
        () -> {
          if (!isRefused(completion, topic, group)) {
            call.run();
          }
        });
  }

  /** Whether the call has failed, as its topic or its group is the broker's own. */
  static boolean isRefused(Completion<?> completion, String topic, String group) {
    try {
      SystemNames.checkTopic(topic);
      SystemNames.checkGroup(group);
      return false;
    } catch (GatewayException e) {
      completion.failed(e);
      return true;
    }
  }

  private void unlessClosed(Completion<?> completion, Runnable call) {
    if (closed) {
      completion.failed(GatewayException.unavailable("upstream: " + endpoint + " is closed", null));
    } else {
      call.run();
    }
  }
}
