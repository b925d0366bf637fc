package dev.sluice.rocketmq.runtime;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.AddressServer;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.EventLoops;
import java.net.URI;
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
 * the last. Safe for all threads; no lock is held while anything starts or closes.
 */
public final class ClientRuntimes {
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

  /**
   * What one is known by.
   *
   * @param addressServer the URL of what tells the name servers, or null where they are listed
   */
  private record Key(String clientId, Set<Endpoint> nameServers, @Nullable URI addressServer) {
    static Key of(ClientOptions options) {
      return new Key(
          options.clientId(),
          new HashSet<>(options.endpoints()),
          options.addressServer().map(AddressServer::url).orElse(null));
    }
  }

  /** Runtimes of their own, for tests. */
  public ClientRuntimes(Ledger ledger, Clock clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Those that everything in this process shares. */
  public static ClientRuntimes ofProcess() {
    return OF_PROCESS;
  }

  public Ledger ledger() {
    return ledger;
  }

  /**
   * A lease of the runtime for these options, started. Connects to no name server or broker yet;
   * where an address server tells the name servers, it waits for its first answer. Whoever has the
   * lease closes it.
   *
   * @throws RocketMQException INVALID_ARGUMENT if one with the same client id and name servers has
   *     other credentials, another call timeout, VIP channel, TLS or interval and snapshot of the
   *     address server, or if a file for TLS cannot be used
   */
  public RuntimeLease lease(ClientOptions options) {
    Key key = Key.of(options);
    ClientRuntime runtime = take(key, options);
    RuntimeLease lease = new RuntimeLease(runtime, deadline -> release(key, runtime, deadline));
    try {
      runtime.start();
    } catch (RuntimeException e) {
      var unused = lease.closeAsync(Deadline.after(Duration.ofSeconds(5), clock));
      throw e;
    }
    return lease;
  }

  private synchronized ClientRuntime take(Key key, ClientOptions options) {
    ClientRuntime runtime = runtimes.get(key);
    if (runtime == null) {
      runtime = make(options);
      runtimes.put(key, runtime);
    } else {
      runtime.checkSame(options);
    }
    runtime.leases++;
    return runtime;
  }

  private synchronized ClientRuntime make(ClientOptions options) {
    EventLoops shared = loops;
    if (shared == null) {
      int threads = Math.min(MAX_LOOPS, Runtime.getRuntime().availableProcessors());
      shared = EventLoops.owned(threads, ledger);
      shared.start();
      loops = shared;
    }
    onLoops++;
    return new ClientRuntime(options, shared, ledger, clock);
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
