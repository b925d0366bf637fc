package dev.sluice.rocketmq.runtime;

import dev.sluice.rocketmq.client.RocketMQException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who wants to hear of a consumer group in which members have come or gone. One listener for each
 * group, as a client has one member in a group. Safe for all threads.
 */
public final class ChangeListeners {
  private final Handlers handlers;

  /** Removed by {@link #remove}, when its consumer closes. */
  private final Map<String, Runnable> listeners = new ConcurrentHashMap<>();

  ChangeListeners(Handlers handlers) {
    this.handlers = handlers;
  }

  /**
   * Has the listener run, on an event loop, when the group has changed; it must not block.
   *
   * @param group as brokers know it
   * @throws RocketMQException INVALID_ARGUMENT if this client has a member in the group already
   */
  public void add(String group, Runnable listener) {
    if (listeners.putIfAbsent(group, listener) != null) {
      throw RocketMQException.invalid(
          "group", group, "one consumer of it for each client id; set another instance name");
    }
  }

  public void remove(String group) {
    listeners.remove(group);
  }

  /** A broker says that the group has changed. */
  void changed(String group) {
    Runnable listener = listeners.get(group);
    if (listener == null) {
      return;
    }
    try {
      listener.run();
    } catch (RuntimeException e) {
      handlers.uncaught(e);
    }
  }
}
