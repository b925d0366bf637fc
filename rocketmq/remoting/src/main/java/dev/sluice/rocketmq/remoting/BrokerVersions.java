package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.requests.BrokerRuntime;
import dev.sluice.rocketmq.requests.PropertyNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages from brokers that would not do what the messages ask for, and not say so: 4.x
 * brokers deliver at once what is to be delivered at a time. Only for such messages a broker is
 * asked what it is, and the answer remembered for a minute. Safe for all threads.
 */
final class BrokerVersions {
  private static final int FIVE = 5;
  private static final Duration VALID = Duration.ofMinutes(1);
  private static final int MOST = 1024;

  private static final List<String> ONLY_FIVE =
      List.of(
          PropertyNames.DELIVER_AT, "TIMER_DELAY_MS", "TIMER_DELAY_SEC", PropertyNames.LITE_TOPIC);

  private static final char NAME_END = 1;
  private static final char VALUE_END = 2;

  private record Known(BrokerRuntime runtime, long untilNanos) {}

  private final Map<Endpoint, Known> known = new ConcurrentHashMap<>();
  private final Commands remoting;
  private final Clock clock;

  BrokerVersions(Commands remoting, Clock clock) {
    this.remoting = remoting;
    this.clock = clock;
  }

  /** The property, among those encoded, that only 5.x brokers know; null where there is none. */
  static @Nullable String onlyFive(String properties) {
    for (String name : ONLY_FIVE) {
      for (int at = properties.indexOf(name); at >= 0; at = properties.indexOf(name, at + 1)) {
        int end = at + name.length();
        boolean begins = at == 0 || properties.charAt(at - 1) == VALUE_END;
        if (begins && end < properties.length() && properties.charAt(end) == NAME_END) {
          return name;
        }
      }
    }
    return null;
  }

  /**
   * Runs the step unless the broker is known to be older than 5; fails the reply then. One that
   * does not tell is given the benefit of the doubt.
   */
  void require(
      Endpoint broker, String property, long timeoutMillis, Reply<?> reply, Runnable step) {
    Known before = known.get(broker);
    if (before != null && before.untilNanos - clock.nanoTime() > 0) {
      judge(broker, before.runtime, property, reply, step);
      return;
    }
    remoting.call(
        broker,
        new BrokerRuntime.Get(),
        Commands.Effect.READS,
        timeoutMillis,
        new Reply<>() {
          @Override
          public void done(BrokerRuntime runtime) {
            if (known.size() >= MOST) {
              known.clear();
            }
            known.put(broker, new Known(runtime, clock.nanoTime() + VALID.toNanos()));
            judge(broker, runtime, property, reply, step);
          }

          @Override
          public void failed(ClientException failure) {
            step.run();
          }
        });
  }

  private static void judge(
      Endpoint broker, BrokerRuntime runtime, String property, Reply<?> reply, Runnable step) {
    int major = runtime.majorVersion();
    if (major == 0 || major >= FIVE) {
      step.run();
    } else {
      Replies.fail(
          reply,
          ClientException.at(
              broker,
              FailureCategory.INVALID_ARGUMENT,
              "property: %s, which %s with %s does not know (expected: RocketMQ 5, or a message without it)"
                  .formatted(property, broker, runtime.version())));
    }
  }
}
