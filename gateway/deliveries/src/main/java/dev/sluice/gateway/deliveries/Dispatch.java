package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Delivery;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands what a poll received to its streams: to those that asked for it, have credit and are ready.
 * What none can take now waits here and is renewed; what none has asked for is handed back. Nothing
 * is dropped. Belongs to the poll's loop.
 */
interface Dispatch {

  void join(Subscriber subscriber);

  /** The stream has ended: what it held is for others. */
  void leave(Subscriber subscriber);

  /** Whether what waits leaves room for more. */
  boolean mayPoll();

  /** Whether nothing waits. */
  boolean isEmpty();

  /** Hands out what came; false where no stream here wants some of it, which is handed back. */
  boolean deliver(List<Delivery> received);

  /** Tries again to hand out what waits. */
  void handOut();

  /** A stream's delivery is no longer held. */
  void streamReleased(Held held);

  /** As {@link Holder#keep}, of what a stream holds. */
  @Nullable Held keep(Held held, Duration delay);
}
