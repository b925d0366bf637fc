package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FakeClock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A dispatcher whose time and handlers the test moves by hand. */
final class Rig {

  static final Duration TIMEOUT = Duration.ofSeconds(30);
  static final Backoff BACKOFF = Backoff.fixed(Duration.ofSeconds(1));

  final FakeClock clock = FakeClock.create();
  final SteppedHandlers handlers = new SteppedHandlers();
  final Target target = new Target();
  final MailboxDispatcher<String> dispatcher;

  Rig(DispatchOptions options, Ledger ledger) {
    this.dispatcher =
        new MailboxDispatcher<>(
            options, handlers, target, new DispatchRuntime(handlers, clock, clock, ledger));
  }

  Rig(FailurePolicy policy, Ledger ledger) {
    this(options(policy), ledger);
  }

  static DispatchOptions options(FailurePolicy policy) {
    return new DispatchOptions("orders", 10, 1000, 1_000_000, TIMEOUT, policy);
  }

  static Item<String> item(long offset, @Nullable String key) {
    return item(offset, key, 1);
  }

  static Item<String> item(long offset, @Nullable String key, int bytes) {
    return new Item<>(offset, key, bytes, key + "@" + offset);
  }
}
