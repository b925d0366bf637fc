package dev.sluice.gateway.server;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts and times gRPC calls, by method. For any thread, without contention; bounded, since
 * unknown methods share one entry.
 */
final class CallStatistics extends ServerStreamTracer.Factory {
  /** Upper bounds of the latency buckets, in microseconds. */
  static final int[] BOUNDS = {
    500, 1_000, 2_000, 5_000, 10_000, 15_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000
  };

  private static final String OTHER = "other";

  private final ConcurrentMap<String, Method> methods = new ConcurrentHashMap<>();
  private final Method other = new Method(false);

  /** The calls of one method. */
  static final class Method {
    private final boolean timed;
    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder[] buckets = new LongAdder[BOUNDS.length];

    private Method(boolean timed) {
      this.timed = timed;
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }

    /** Whether the method's duration is a response time; a stream's is not. */
    boolean timed() {
      return timed;
    }

    long calls() {
      return calls.sum();
    }

    /** Calls that ended in a status that is neither OK nor the caller's cancellation. */
    long failures() {
      return failures.sum();
    }

    long nanos() {
      return nanos.sum();
    }

    /** Calls that took at most the bound. */
    long atMost(int bound) {
      long sum = 0;
      for (int i = 0; i <= bound; i++) {
        sum += buckets[i].sum();
      }
      return sum;
    }

    private void ended(long took, Status status) {
      calls.increment();
      nanos.add(took);
      if (!status.isOk() && status.getCode() != Status.Code.CANCELLED) {
        failures.increment();
      }
      if (timed) {
        for (int i = 0; i < BOUNDS.length; i++) {
          if (took <= BOUNDS[i] * 1_000L) {
            buckets[i].increment();
            return;
          }
        }
      }
    }
  }

  /** Has calls of this method counted under its own name. */
  void expect(String fullMethodName, boolean unary) {
    methods.put(fullMethodName, new Method(unary));
  }

  /** All methods by full name, and what else was asked for. */
  Map<String, Method> methods() {
    Map<String, Method> all = new TreeMap<>(methods);
    all.put(OTHER, other);
    return all;
  }

  /** Calls whose duration is a response time. */
  long timedCalls() {
    return methods.values().stream().filter(Method::timed).mapToLong(Method::calls).sum();
  }

  long timedNanos() {
    return methods.values().stream().filter(Method::timed).mapToLong(Method::nanos).sum();
  }

  long failures() {
    return other.failures() + methods.values().stream().mapToLong(Method::failures).sum();
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    Method method = methods.getOrDefault(fullMethodName, other);
    return new Tracer(method);
  }

  private static final class Tracer extends ServerStreamTracer {
    private final Method method;
    private final long began = System.nanoTime();

    private Tracer(Method method) {
      this.method = method;
    }

    @Override
    public void streamClosed(Status status) {
      method.ended(System.nanoTime() - began, status);
    }
  }
}
