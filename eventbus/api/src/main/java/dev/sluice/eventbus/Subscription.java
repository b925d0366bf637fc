package dev.sluice.eventbus;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;

/**
 * A handler's consumption of a topic. Closing it fetches no more, waits for its handlers,
 * interrupts them, commits, and holds the topic again; other subscriptions do not notice. Closed
 * with its bus.
 */
public interface Subscription extends BoundedCloseable {

  /** The topic. */
  String topic();

  /** What it was made with. */
  SubscribeOptions options();

  /** What waits for somebody: parked keys and stalled partitions. */
  List<ParkedMessage> parked();

  /** Has it tried again, from its first attempt on; false if it is not parked any more. */
  boolean retry(ParkedMessage parked);

  /** Has it skipped; what waited behind it goes on. False if it is not parked any more. */
  boolean skip(ParkedMessage parked);

  /** {@link #close(Deadline)} with so much time from now on. */
  default CloseReport close(Duration time) {
    return close(Deadline.after(time));
  }
}
