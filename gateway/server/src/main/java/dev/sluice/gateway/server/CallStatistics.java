package dev.sluice.gateway.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts and times gRPC calls by method, and counts failures by method and reason: those that end
 * with a status, and those that are answered with a refusal. For any thread, without contention;
 * bounded, since unknown methods share one entry and reasons are words of the protocols.
 */
final class CallStatistics extends ServerStreamTracer.Factory implements ServerInterceptor {
  private static final String OTHER = "other";

  /** How gRPC ends calls whose connection was closed in order. */
  private static final String CONNECTION_ENDED = "connection terminated for unknown reason";

  private final ConcurrentMap<String, Method> methods = new ConcurrentHashMap<>();
  private final Method other = new Method(false, Refusals.NONE);

  /** The calls of one method. */
  static final class Method {
    private final boolean timed;
    private final Refusals refusals;
    private final LongAdder calls = new LongAdder();
    private final LatencyHistogram latencies = new LatencyHistogram();
    // One entry for each reason that there is in the protocols.
    private final ConcurrentMap<String, LongAdder> failures = new ConcurrentHashMap<>();

    private Method(boolean timed, Refusals refusals) {
      this.timed = timed;
      this.refusals = refusals;
    }

    /** Whether the method's duration is a response time; a stream's is not. */
    boolean timed() {
      return timed;
    }

    /** Calls that have ended. */
    long calls() {
      return calls.sum();
    }

    /** How long they took, where that is a response time. */
    LatencyHistogram latencies() {
      return latencies;
    }

    /** Calls that failed or were refused, by reason. */
    Map<String, Long> failures() {
      Map<String, Long> sums = new TreeMap<>();
      failures.forEach((reason, adder) -> sums.put(reason, adder.sum()));
      return sums;
    }

    private long allFailures() {
      return failures.values().stream().mapToLong(LongAdder::sum).sum();
    }

    private void failed(String reason) {
      LongAdder known = failures.get(reason);
      (known != null ? known : failures.computeIfAbsent(reason, first -> new LongAdder()))
          .increment();
    }

    private void ended(long took, Status status) {
      calls.increment();
      if (timed) {
        latencies.record(took);
      }
      if (!status.isOk() && !isCallersEnd(status)) {
        failed(status.getCode().name());
      }
    }

    /**
     * A caller that cancels, or goes away with all its calls, has its reasons; they are no fault.
     */
    private static boolean isCallersEnd(Status status) {
      return switch (status.getCode()) {
        case CANCELLED -> true;
        case UNAVAILABLE, UNKNOWN ->
            status.getCause() instanceof IOException
                || CONNECTION_ENDED.equals(status.getDescription());
        default -> false;
      };
    }
  }

  /** Has calls of this method counted under its own name. */
  void expect(MethodDescriptor<?, ?> method) {
    boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
    methods.put(
        method.getFullMethodName(), new Method(unary, unary ? Refusals.of(method) : Refusals.NONE));
  }

  /** All methods by full name, and what else was asked for. */
  Map<String, Method> methods() {
    Map<String, Method> all = new TreeMap<>(methods);
    all.put(OTHER, other);
    return all;
  }

  /** Calls whose duration is a response time. */
  long timedCalls() {
    return methods.values().stream()
        .filter(Method::timed)
        .mapToLong(method -> method.latencies.count())
        .sum();
  }

  long timedNanos() {
    return methods.values().stream()
        .filter(Method::timed)
        .mapToLong(method -> method.latencies.nanos())
        .sum();
  }

  /** Calls that failed or were refused. */
  long failures() {
    return other.allFailures() + methods.values().stream().mapToLong(Method::allFailures).sum();
  }

  private Method method(String fullMethodName) {
    return methods.getOrDefault(fullMethodName, other);
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return new Tracer(method(fullMethodName));
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Method method = method(call.getMethodDescriptor().getFullMethodName());
    if (method.refusals.equals(Refusals.NONE)) {
      return next.startCall(call, headers);
    }
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void sendMessage(A answer) {
            String reason = method.refusals.reason(answer);
            if (reason != null) {
              method.failed(reason);
            }
            super.sendMessage(answer);
          }
        },
        headers);
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
