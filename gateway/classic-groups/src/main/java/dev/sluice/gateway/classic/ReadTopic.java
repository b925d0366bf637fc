package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.rocketmq.remoting.ClientException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A topic that the group consumes here, and who waits for its messages. */
final class ReadTopic {
  final String name;

  /** Each leaves when it ends. */
  final ArrayDeque<WaitingReceive> waiting = new ArrayDeque<>();

  /** What receives ask for. */
  Filter filter;

  /** What brokers are shown. */
  Filter shown;

  boolean ordered;

  /** Whether callers say that they are there, beside receiving. */
  boolean joined;

  /** Whether those who received are known to be gone. */
  boolean left;

  /** Why its queues could not be shared when that was tried last; null where they were. */
  @Nullable ClientException unshared;

  /** When something was received last, or asked for. */
  long usedAt;

  ReadTopic(String name, Filter filter, long now) {
    this.name = name;
    this.filter = filter;
    this.shown = filter;
    this.usedAt = now;
  }

  /** Whether the receive asks for the same as those before. */
  boolean isAskedBy(ReceiveRequest request) {
    return filter.equals(request.filter());
  }
}
