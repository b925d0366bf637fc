package dev.sluice.gateway.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.spi.testing.ThreadLoops;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings.UpstreamSettings;
import dev.sluice.gateway.upstreams.UpstreamLease.Idle;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.LedgerCheck;
import dev.sluice.testkit.Seeds;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Many threads take leases, use, close and lose upstreams, which start, fail to start, fall idle
 * and are all closed in the end, while time flies. More of it with {@code -Dsluice.campaign=100}.
 */
class UpstreamsStressTest {

  private static final String ADDRESS = "memory:9876";
  private static final String AWAY = "memory: away";
  private static final int THREADS = 6;
  private static final int ROUNDS = 12;
  private static final int STEPS = 400;
  private static final int KEYS = 6;
  private static final int MAXIMUM = 4;

  /** An idle time of 100 ms is over in 10 microseconds, a start is given up after 3 ms. */
  private static final int HURRY = 10_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Sees to it that of each key one at most is open, which is started once and closed once. */
  private static final class Watched implements Backend {
    private final MemoryBackend backend;
    private final Queue<String> faults;
    private final Map<UpstreamSpec, AtomicInteger> alive = new ConcurrentHashMap<>();
    private final AtomicInteger notClosed = new AtomicInteger();

    Watched(MemoryBackend backend, Queue<String> faults) {
      this.backend = backend;
      this.faults = faults;
    }

    @Override
    public String scheme() {
      return backend.scheme();
    }

    @Override
    public void check(OutboundMessage message) {
      backend.check(message);
    }

    @Override
    public Upstream connect(UpstreamSpec spec) {
      if (alive.computeIfAbsent(spec, same -> new AtomicInteger()).incrementAndGet() > 1) {
        faults.add("two at once of " + spec.credentials().accessKey());
      }
      notClosed.incrementAndGet();
      Upstream upstream = backend.connect(spec);
      var gone = new AtomicBoolean();
      var closing = new AtomicBoolean();
      Runnable leave =
          () -> {
            if (gone.compareAndSet(false, true)) {
              notClosed.decrementAndGet();
              alive.get(spec).decrementAndGet();
            }
          };
      return (Upstream)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Upstream.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("start")) {
                  upstream.start(new Start(arguments[0], leave));
                  return null;
                }
                boolean close = method.getName().equals("closeAsync");
                if (close && (gone.get() || closing.getAndSet(true))) {
                  faults.add("closed twice, or closed after its start failed");
                }
                try {
                  Object result = method.invoke(upstream, arguments);
                  if (close) {
                    return ((CompletionStage<?>) result).whenComplete((report, e) -> leave.run());
                  }
                  return result;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  /** One that fails has nothing open; it also fails when it is closed meanwhile. */
  private record Start(Object completion, Runnable leave) implements Completion<Capabilities> {
    @SuppressWarnings("unchecked") // As the method that it was given to says.
    private Completion<Capabilities> told() {
      return (Completion<Capabilities>) completion;
    }

    @Override
    public void done(Capabilities capabilities) {
      told().done(capabilities);
    }

    @Override
    public void failed(GatewayException failure) {
      leave.run();
      told().failed(failure);
    }
  }

  private static final class World {
    private final ThreadLoops loops = new ThreadLoops(3, HURRY);
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Queue<Outcome<?>> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final GatewayMetrics metrics = new GatewayMetrics();
    private final MemoryBackend backend;
    private final Watched watched;
    private final SharedUpstreams upstreams;

    World(Ledger ledger, boolean immediate) {
      var options = MemoryOptions.DEFAULTS;
      backend =
          new MemoryBackend(loops, loops, immediate ? options.completingImmediately() : options);
      watched = new Watched(backend, faults);
      var idle = Duration.ofMillis(100);
      var settings =
          GatewaySettings.DEFAULTS.with(
              new UpstreamSettings(idle, idle.multipliedBy(3), Duration.ofSeconds(30), MAXIMUM));
      var instance =
          new Instance(
              settings,
              loops,
              loops,
              ledger,
              metrics,
              Sealer.with(ClusterKey.random()),
              EndpointAllowList.of(
                  Set.of(MemoryBackend.SCHEME), MemoryBackend.SCHEME, ADDRESS, List.of()),
              Peers.none(),
              new AtomicBoolean(true));
      upstreams =
          new SharedUpstreams(
              instance,
              List.of(watched),
              (upstream, check) -> {},
              (upstream, group) -> {},
              loops.scheduler());
    }

    UpstreamLease lease(int key, Idle idle) {
      var spec = new UpstreamSpec(ADDRESS, "", new Credentials("key" + key, ""));
      return upstreams.lease(MemoryBackend.SCHEME, spec, idle, "stress");
    }

    <T> Outcome<T> outcome() {
      var outcome = new Outcome<T>();
      outcomes.add(outcome);
      return outcome;
    }
  }

  /** What one thread does. */
  private static final class User implements Runnable {
    private final World world;
    private final Seeds seeds;
    private final List<UpstreamLease> leases = new ArrayList<>();

    User(World world, Seeds seeds) {
      this.world = world;
      this.seeds = seeds;
    }

    @Override
    public void run() {
      try {
        for (int i = 0; i < STEPS; i++) {
          step();
        }
        leases.forEach(UpstreamLease::close);
      } catch (RuntimeException | Error e) {
        world.faults.add(e.toString());
      }
    }

    private void step() {
      if (leases.isEmpty()) {
        take();
        return;
      }
      UpstreamLease lease = seeds.pick(leases);
      switch (seeds.between(0, 9)) {
        case 0, 1 -> take();
        case 2, 3, 4 -> use(lease);
        case 5 -> somewhere(() -> ping(lease));
        case 6 -> {
          var _ = lease.current();
        }
        case 7 -> {
          leases.remove(lease);
          somewhere(lease::close);
        }
        case 8 -> {
          lease.close();
          lease.close();
          leases.remove(lease);
        }
        default -> {
          if (seeds.chance(30)) {
            world
                .backend
                .faults()
                .failNext(Operation.START, GatewayException.unavailable(AWAY, null));
          }
        }
      }
    }

    private void take() {
      try {
        leases.add(world.lease(seeds.between(1, KEYS), seeds.pick(Idle.values())));
      } catch (GatewayException e) {
        if (e.category() != ErrorCategory.OVERLOADED) {
          throw e;
        }
      }
    }

    private void use(UpstreamLease lease) {
      Outcome<ActiveUpstream> outcome = world.outcome();
      somewhere(() -> lease.use(outcome));
      if (seeds.chance(20)) {
        until(outcome::isOver);
        // Only this thread closes it.
        outcome
            .problem()
            .filter(failure -> isClosed(failure) && !world.closing.get())
            .ifPresent(failure -> world.faults.add("an open lease: " + failure));
      }
    }

    /** Keeps the upstream open, if it is or comes to be. */
    private void ping(UpstreamLease lease) {
      Outcome<Void> outcome = world.outcome();
      SharedUpstream.of(lease)
          .call(
              (upstream, done) -> upstream.ping(done),
              new Completion<Void>() {
                @Override
                public void done(Void nothing) {
                  Completion.succeed(outcome);
                }

                @Override
                public void failed(GatewayException failure) {
                  if (!world.closing.get() && !isClosed(failure) && !isOfTheStart(failure)) {
                    world.faults.add("a call under way: " + failure);
                  }
                  outcome.failed(failure);
                }
              });
    }

    private void somewhere(Runnable task) {
      if (seeds.chance(50)) {
        task.run();
      } else {
        seeds.pick(world.loops.all()).execute(task);
      }
    }
  }

  private void round(Ledger ledger, Seeds seeds, AtomicInteger opens) throws Exception {
    var world = new World(ledger, seeds.chance(30));
    if (seeds.chance(50)) {
      world.backend.faults().delay(Operation.START, Duration.ofSeconds(seeds.between(1, 40)));
      world.backend.faults().delay(Operation.CLOSE, Duration.ofSeconds(seeds.between(1, 5)));
    }
    world.backend.faults().delay(Operation.PING, Duration.ofSeconds(seeds.between(0, 3)));
    boolean whileInUse = seeds.chance(50);
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < THREADS; i++) {
      var user = new User(world, seeds.split());
      threads.add(i % 2 == 0 ? Thread.ofPlatform().start(user) : Thread.startVirtualThread(user));
    }
    if (!whileInUse) {
      join(threads);
    }
    world.closing.set(true);
    var report =
        world
            .upstreams
            .closeAsync(Deadline.after(PATIENCE.multipliedBy(HURRY), world.loops))
            .toCompletableFuture()
            .get();
    int left = whileInUse ? 0 : world.watched.notClosed.get();
    join(threads);

    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(left).as("open when the close had ended").isZero();
    until(() -> world.outcomes.stream().allMatch(Outcome::isOver));
    until(() -> world.upstreams.known() == 0);
    until(() -> world.watched.notClosed.get() == 0);
    opens.addAndGet((int) world.metrics.value(Counter.UPSTREAM_OPENS));
    assertThat(world.outcomes).allMatch(outcome -> outcome.calls() == 1);
    assertThat(world.faults).isEmpty();
    assertThat(world.backend.openUpstreams()).isZero();
    assertThat(world.metrics.value(Counter.UPSTREAM_CLOSES))
        .isEqualTo(world.metrics.value(Counter.UPSTREAM_OPENS));
    assertThat(world.upstreams.open()).isZero();
    for (int key = 1; key <= MAXIMUM; key++) {
      // All of the quota is back.
      world.lease(key, Idle.PRODUCER).close();
    }
    LedgerCheck.assertClean(ledger);
    world.loops.close();
    assertThat(world.loops.failures()).isEmpty();
  }

  private static boolean isClosed(GatewayException failure) {
    return String.valueOf(failure.getMessage()).startsWith("upstream: memory://")
        && String.valueOf(failure.getMessage()).endsWith(" is closed");
  }

  private static boolean isOfTheStart(GatewayException failure) {
    return String.valueOf(failure.getMessage()).equals(AWAY)
        || String.valueOf(failure.getMessage()).contains(" did not start within ");
  }

  private static void until(Callable<Boolean> condition) {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(PATIENCE)
        .until(condition);
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void eachStartAndCloseHappensOnceAndNothingIsLeft(Ledger ledger) {
    var opens = new AtomicInteger();
    Seeds.forAll(ROUNDS, seeds -> round(ledger, seeds, opens));
    // Not more: a start is given up after 3 ms, which a busy machine may not have for most of them.
    assertThat(opens.get()).as("upstreams opened").isPositive();
  }
}
