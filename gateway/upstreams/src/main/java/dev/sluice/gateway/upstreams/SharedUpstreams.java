package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The shared upstreams by key. */
public final class SharedUpstreams implements Upstreams {

  private final Instance instance;
  private final Map<String, Backend> backends = new TreeMap<>();
  private final SharedUpstream.CheckListener checks;
  private final SharedUpstream.MembersListener members;
  private final Quota quota;
  // An entry is removed by itself, when nobody has a lease and it is closed; bounded by the quota.
  private final ConcurrentMap<UpstreamKey, Entry> entries = new ConcurrentHashMap<>();
  private final BoundedCloseable closing;
  private volatile boolean closed;

  private record Entry(SharedUpstream shared, Permit permit) {}

  /**
   * Makes them, with nothing open.
   *
   * @param backends each with a scheme of its own
   * @param checks hears of transactions that message systems ask for
   * @param members hears of groups whose members change
   * @param scheduler for the deadlines of closing
   */
  public SharedUpstreams(
      Instance instance,
      List<Backend> backends,
      SharedUpstream.CheckListener checks,
      SharedUpstream.MembersListener members,
      TimeoutScheduler scheduler) {
    this.instance = instance;
    this.checks = checks;
    this.members = members;
    this.quota =
        Quota.of("upstream clients", instance.settings().upstream().maximum(), "MAX_UPSTREAMS");
    for (Backend backend : backends) {
      if (this.backends.put(backend.scheme(), backend) != null) {
        throw new IllegalArgumentException(
            "backends: two for " + backend.scheme() + " (expected: one for each scheme)");
      }
    }
    this.closing =
        StagedClose.named("upstreams")
            .clock(instance.clock())
            .scheduler(scheduler)
            .stage("close upstreams", this::endAll)
            .build();
  }

  @Override
  public UpstreamLease lease(
      String scheme, UpstreamSpec spec, UpstreamLease.Idle idle, String owner) {
    Backend backend = backends.get(scheme);
    if (backend == null) {
      throw GatewayException.invalid(
          Subject.ENDPOINT,
          "endpoint: scheme "
              + scheme
              + " (expected: one of "
              + String.join(", ", backends.keySet())
              + ")");
    }
    var key = UpstreamKey.of(scheme, spec);
    SharedUpstream shared =
        entries.compute(
                key,
                (same, known) -> {
                  Entry entry = known != null ? known : entry(key, spec, backend);
                  entry.shared.retain(idle);
                  return entry;
                })
            .shared;
    if (closed) {
      // The entry may have come after everything was ended.
      var _ = shared.end(Deadline.after(SharedUpstream.CLOSE_TIME, instance.clock()));
    }
    var lease = new Lease(shared, idle);
    lease.trackedBy(instance.ledger().track(ResourceKinds.LEASE, owner, lease));
    return lease;
  }

  private Entry entry(UpstreamKey key, UpstreamSpec spec, Backend backend) {
    Permit permit = quota.take();
    return new Entry(
        new SharedUpstream(instance, key, spec, backend, checks, members, () -> forget(key)),
        permit);
  }

  /** On the loop of the key's upstream, which alone removes it. */
  private void forget(UpstreamKey key) {
    Entry entry = entries.get(key);
    if (entry != null
        && entries.computeIfPresent(key, (same, known) -> known.shared.endIfUnused() ? null : known)
            == null) {
      entry.permit.close();
      entry.shared.forgotten();
    }
  }

  /** How many entries there are, open or not. */
  int known() {
    return entries.size();
  }

  @Override
  public int open() {
    return (int) instance.metrics().value(Counter.ACTIVE_UPSTREAMS);
  }

  @Override
  public int openForProducers() {
    return (int)
        entries.values().stream().filter(entry -> entry.shared.isOpenForProducers()).count();
  }

  private CompletionStage<List<CloseReport>> endAll(Deadline deadline) {
    closed = true;
    var all =
        entries.values().stream().map(entry -> entry.shared.end(deadline).toCompletableFuture());
    var ending = all.toList();
    return CompletableFuture.allOf(ending.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> ending.stream().flatMap(reports -> reports.join().stream()).toList());
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
