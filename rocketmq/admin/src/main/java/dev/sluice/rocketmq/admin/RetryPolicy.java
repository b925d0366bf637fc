package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.RocketMQException;
import java.time.Duration;
import java.util.List;

/** How long a message waits before a group gets it again; for 5.x brokers. */
public sealed interface RetryPolicy {

  /** The brokers' own: by their delay levels, from 10 s to 2 h. The only one on 4.x. */
  RetryPolicy USUAL = new Usual();

  /** The brokers' own. */
  record Usual() implements RetryPolicy {}

  /**
   * One wait for each time, the last one for all later times.
   *
   * @param waits 1 to 1,024
   */
  record Steps(List<Duration> waits) implements RetryPolicy {
    private static final int MOST = 1_024;

    /** Keeps them from changing. */
    public Steps {
      waits = List.copyOf(waits);
      if (waits.isEmpty() || waits.size() > MOST) {
        throw RocketMQException.invalid("waits", waits.size(), "1 to " + MOST);
      }
    }
  }

  /**
   * A wait that grows by the same factor each time.
   *
   * @param initial the first
   * @param max the longest
   * @param factor 1 or more
   */
  record Growing(Duration initial, Duration max, int factor) implements RetryPolicy {
    /** Checks the factor. */
    public Growing {
      if (factor < 1) {
        throw RocketMQException.invalid("factor", factor, ">= 1");
      }
    }
  }
}
