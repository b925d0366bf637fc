package dev.sluice.rocketmq.client;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.EventLoops;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The runtimes of a process, one for each client id and set of name servers, and the event loops
 * that all of them share. Each is there while it is leased: made for the first lease, closed with
 * the last. Safe for all threads; no lock is held while anything closes.
 */
final class ClientRuntimes {
  private static final ClientRuntimes OF_PROCESS =
      new ClientRuntimes(Ledger.create(), Clock.system());

  /** Calls of one runtime are spread over them; a loop serves some hundred thousand a second. */
  private static final int MAX_LOOPS = 4;

  private final Ledger ledger;
  private final Clock clock;

  /** Removed by the last release. */
  private final Map<Key, ClientRuntime> runtimes = new HashMap<>();

  private @Nullable EventLoops loops;

  /** How many runtimes are on the loops, those that are closing included. */
  private int onLoops;

  private record Key(String clientId, Set<Endpoint> nameServers) {}

  /** Runtimes of their own, for tests. */
  ClientRuntimes(Ledger ledger, Clock clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Those that everything in this process shares. */
  static ClientRuntimes ofProcess() {
    return OF_PROCESS;
  }

  Ledger ledger() {
    return ledger;
  }

  /**
   * A lease of the runtime for these options, started. Connects to nothing yet. Whoever has it
   * closes it.
   *
   * @throws RocketMQException INVALID_ARGUMENT if one with the same client id and name servers has
   *     other credentials or another call timeout
   */
  synchronized RuntimeLease lease(ClientOptions options) {
    Key key = new Key(options.clientId(), new HashSet<>(options.endpoints()));
    ClientRuntime runtime = runtimes.get(key);
    if (runtime == null) {
      runtime = open(options);
      runtimes.put(key, runtime);
    } else {
      runtime.checkSame(options);
    }
    runtime.leases++;
    ClientRuntime leased = runtime;
    return new RuntimeLease(leased, deadline -> release(key, leased, deadline));
  }

  private ClientRuntime open(ClientOptions options) {
    EventLoops shared = loops;
    boolean fresh = shared == null;
    if (shared == null) {
      int threads = Math.min(MAX_LOOPS, Runtime.getRuntime().availableProcessors());
      shared = EventLoops.owned(threads, ledger);
      shared.start();
    }
    ClientRuntime runtime = new ClientRuntime(options, shared, ledger, clock);
    try {
      runtime.start();
    } catch (RuntimeException e) {
      if (fresh) {
        var unused = shared.closeAsync(Deadline.after(Duration.ofSeconds(5), clock));
      }
      throw e;
    }
    loops = shared;
    onLoops++;
    return runtime;
  }

  private CompletionStage<CloseReport> release(Key key, ClientRuntime runtime, Deadline deadline) {
    synchronized (this) {
      if (--runtime.leases > 0) {
        return CompletableFuture.completedStage(
            CloseReport.clean("lease of " + runtime.options().clientId()));
      }
      runtimes.remove(key, runtime);
    }
    return runtime
        .closeAsync(deadline)
        .thenCompose(
            report -> closeLoops(deadline).thenApply(loopReport -> join(report, loopReport)));
  }

  private static CloseReport join(CloseReport report, @Nullable CloseReport loopReport) {
    return loopReport == null
        ? report
        : new CloseReport(
            report.name(),
            report.took().plus(loopReport.took()),
            List.of(),
            List.of(),
            List.of(report, loopReport));
  }

  /** Closes the loops if nobody is on them; null if somebody is. */
  private CompletionStage<@Nullable CloseReport> closeLoops(Deadline deadline) {
    EventLoops unused;
    synchronized (this) {
      if (--onLoops > 0 || loops == null) {
        return CompletableFuture.completedStage(null);
      }
      unused = loops;
      loops = null;
    }
    return unused.closeAsync(deadline).thenApply(report -> report);
  }
}
