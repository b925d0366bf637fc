package dev.sluice.benchmarks;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.LedgerSnapshot;
import dev.sluice.lifecycle.Tally;
import dev.sluice.lifecycle.Tracked;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the ledger costs: one resource tracked and closed, one permit counted up and down (beside
 * the bare counters that it could be at best), and a look at ten thousand entries.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LedgerBenchmark {

  /** A ledger with what a busy gateway has open. */
  @State(Scope.Benchmark)
  public static class Busy {
    private static final int OPEN = 10_000;
    private final Ledger ledger = Ledger.create();
    private final Object resource = new Object();
    private final Tally tally = ledger.tally("permit", "sender");
    private final LongAdder adder = new LongAdder();
    private final AtomicLong atomic = new AtomicLong();
    private final List<Tracked> open = new ArrayList<>();

    /** Opens. */
    @Setup
    public void open() {
      for (int i = 0; i < OPEN; i++) {
        open.add(ledger.track("stream", "caller-" + i % 100, resource));
      }
    }

    /** Closes. */
    @TearDown
    public void close() {
      open.forEach(Tracked::close);
      tally.close();
      if (!ledger.isEmpty() || ledger.faults() != 0) {
        throw new IllegalStateException("ledger: " + ledger + " (expected: nothing open)");
      }
    }
  }

  /** One thread tracks and closes. */
  @Benchmark
  public void trackAndClose(Busy busy) {
    busy.ledger.track("session", "caller", busy.resource).close();
  }

  /** Two threads track and close. */
  @Benchmark
  @Threads(2)
  public void trackAndCloseByTwo(Busy busy) {
    busy.ledger.track("session", "caller", busy.resource).close();
  }

  /** One thread counts. */
  @Benchmark
  public void tallyAddAndRemove(Busy busy) {
    busy.tally.add(1);
    busy.tally.remove(1);
  }

  /** Two threads count. */
  @Benchmark
  @Threads(2)
  public void tallyAddAndRemoveByTwo(Busy busy) {
    busy.tally.add(1);
    busy.tally.remove(1);
  }

  /** The floor for one thread. */
  @Benchmark
  public void adderIncrementAndDecrement(Busy busy) {
    busy.adder.increment();
    busy.adder.decrement();
  }

  /** The floor for two threads. */
  @Benchmark
  @Threads(2)
  public void adderIncrementAndDecrementByTwo(Busy busy) {
    busy.adder.increment();
    busy.adder.decrement();
  }

  /** What an unstriped counter costs two threads. */
  @Benchmark
  @Threads(2)
  public long atomicIncrementAndDecrementByTwo(Busy busy) {
    return busy.atomic.incrementAndGet() + busy.atomic.decrementAndGet();
  }

  /** What a scrape of the metrics costs. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public LedgerSnapshot snapshotOfTenThousand(Busy busy) {
    return busy.ledger.snapshot();
  }
}
