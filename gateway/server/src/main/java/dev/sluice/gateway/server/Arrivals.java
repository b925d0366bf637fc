package dev.sluice.gateway.server;

import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.PerLoop;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what has arrived of requests that are not complete. gRPC keeps it, and lets callers send
 * on, until a message is whole: the windows of HTTP/2 bound nothing here, as what is kept counts as
 * read.
 *
 * <p>A connection may have as much as it leaves for all the others; so one alone gets half of what
 * there is. A little each may have in any case: who sends small requests is served whatever others
 * do.
 *
 * <p>What is kept belongs to the loops of its connections; the sums are for any thread.
 */
final class Arrivals extends ServerStreamTracer.Factory {

  /** About what a call takes before anything of its request is there. */
  static final int CALL_BYTES = 1024;

  /**
   * About what a piece of a request takes besides its bytes, however small it is: it keeps the
   * buffer that it was read into, which may be several times as large.
   */
  static final int PIECE_BYTES = 16 * 1024;

  /** What a connection may have however much others have. */
  static final int IN_ANY_CASE = 64 * 1024;

  private static final Attributes.Key<AtomicLong> ON_CONNECTION =
      Attributes.Key.create("sluice-arriving");
  private static final Context.Key<Arrival> CURRENT = Context.key("sluice-arrival");

  private final ArrivalLimits limits;
  private final Loops loops;
  private final Clock clock;
  private final GatewayMetrics metrics;
  private final PerLoop<WaitingArrivals> waiting;
  private final AtomicLong inAll = new AtomicLong();
  private final Tally arriving;

  /** Nothing has arrived; its count is in the ledger until {@link #close}. */
  Arrivals(ArrivalLimits limits, Loops loops, Clock clock, GatewayMetrics metrics, Ledger ledger) {
    this.limits = limits;
    this.loops = loops;
    this.clock = clock;
    this.metrics = metrics;
    this.waiting =
        new PerLoop<>(loops, (loop, index) -> new WaitingArrivals(loop, clock, limits.longest()));
    this.arriving = ledger.tally(ResourceKinds.ARRIVING_REQUEST, "grpc");
  }

  /** Tells connections apart. */
  ServerTransportFilter connections() {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes transport) {
        return transport.toBuilder().set(ON_CONNECTION, new AtomicLong()).build();
      }
    };
  }

  /** How a request is refused. */
  @FunctionalInterface
  interface Refusal {
    /** Ends the call; on its loop. */
    void refuse(Status why);
  }

  /** How the call that is beginning is refused where it has to be. */
  static void refusable(Refusal refusal) {
    Arrival arrival = CURRENT.get();
    if (arrival != null) {
      arrival.refusal = refusal;
    }
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return new Arrival();
  }

  /** The last request has arrived, or is lost. */
  void close() {
    arriving.close();
  }

  /** One call, of whose request something may have arrived; on its loop. */
  final class Arrival extends ServerStreamTracer {
    private final Loop loop = loops.current();
    private @Nullable Refusal refusal;
    private @Nullable AtomicLong onConnection;
    private long kept;
    private boolean over;

    // Its place among those that wait.
    long sinceNanos;
    @Nullable Arrival before;
    @Nullable Arrival after;

    @Override
    public Context filterContext(Context context) {
      return context.withValue(CURRENT, this);
    }

    @Override
    public void serverCallStarted(ServerCallInfo<?, ?> call) {
      onConnection = call.getAttributes().get(ON_CONNECTION);
      begin(CALL_BYTES);
    }

    @Override
    public void inboundMessage(int number) {
      // The first has been waited for since the call began.
      if (kept == 0) {
        begin(0);
      }
    }

    @Override
    public void inboundWireSize(long bytes) {
      keep(bytes + PIECE_BYTES);
    }

    @Override
    public void inboundMessageRead(int number, long wireBytes, long bytes) {
      end();
    }

    @Override
    public void streamClosed(Status status) {
      if (loop.inLoop()) {
        finish();
      } else {
        loop.execute(this::finish);
      }
    }

    private void finish() {
      over = true;
      end();
    }

    private void begin(int bytes) {
      if (!over) {
        sinceNanos = clock.nanoTime();
        waiting.of(loop).add(this);
        arriving.add(1);
        keep(bytes);
      }
    }

    private void keep(long bytes) {
      AtomicLong connection = onConnection;
      if (over || connection == null) {
        return;
      }
      kept += bytes;
      long here = connection.addAndGet(bytes);
      long all = inAll.addAndGet(bytes);
      if (here > IN_ANY_CASE && here > limits.bytes() - all) {
        metrics.increment(Counter.OVERLOADS);
        refuse(
            Status.RESOURCE_EXHAUSTED.withDescription(
                "requests that have arrived in part: "
                    + here
                    + " bytes of this connection and "
                    + all
                    + " of all (expected: together at most "
                    + limits.bytes()
                    + "; ARRIVING_BYTES sets it); try again in a moment"));
      }
    }

    private void end() {
      AtomicLong connection = onConnection;
      if (waiting.of(loop).remove(this)) {
        arriving.remove(1);
        if (connection != null) {
          connection.addAndGet(-kept);
          inAll.addAndGet(-kept);
        }
        kept = 0;
      }
    }

    /** It has taken too long. */
    void late() {
      refuse(
          Status.DEADLINE_EXCEEDED.withDescription(
              "request: has not arrived within "
                  + limits.longest().toMillis()
                  + " ms (expected: all of it; REQUEST_TIMEOUT sets how long it may take)"));
    }

    private void refuse(Status why) {
      finish();
      // Without one, the call has been ended already.
      if (refusal != null) {
        refusal.refuse(why);
      }
    }
  }
}
