package dev.sluice.gateway.server;

import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.OnLoop;
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
 * <p>What is kept belongs to the loops of its connections, and so do the sums: each loop has its
 * own, which the others only read, and only on behalf of a connection that has much.
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

  private static final Attributes.Key<OnConnection> ON_CONNECTION =
      Attributes.Key.create("sluice-arriving");
  private static final Context.Key<Arrival> CURRENT = Context.key("sluice-arrival");

  private final ArrivalLimits limits;
  private final Loops loops;
  private final Clock clock;
  private final GatewayMetrics metrics;
  private final PerLoop<WaitingArrivals> waiting;
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
        return transport.toBuilder().set(ON_CONNECTION, new OnConnection()).build();
      }
    };
  }

  /** What is kept for one connection; only touched on its loop. */
  private static final class OnConnection {
    private long kept;
  }

  private long inAll() {
    long all = 0;
    for (WaitingArrivals each : waiting.all()) {
      all += each.kept();
    }
    return all;
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
    private final WaitingArrivals here = waiting.of(loops.current());
    private @Nullable Refusal refusal;
    private @Nullable OnConnection onConnection;
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
      OnLoop.run(here.loop(), this::finish);
    }

    private void finish() {
      over = true;
      end();
    }

    private void begin(int bytes) {
      if (!over) {
        sinceNanos = clock.nanoTime();
        here.add(this);
        arriving.add(1);
        keep(bytes);
      }
    }

    private void keep(long bytes) {
      OnConnection connection = onConnection;
      if (over || connection == null) {
        return;
      }
      kept += bytes;
      connection.kept += bytes;
      here.keep(bytes);
      if (connection.kept <= IN_ANY_CASE) {
        return;
      }
      long all = inAll();
      if (connection.kept > limits.bytes() - all) {
        metrics.increment(Counter.OVERLOADS);
        refuse(
            Status.RESOURCE_EXHAUSTED.withDescription(
                "requests that have arrived in part: "
                    + connection.kept
                    + " bytes of this connection and "
                    + all
                    + " of all (expected: together at most "
                    + limits.bytes()
                    + "; ARRIVING_BYTES sets it); try again in a moment"));
      }
    }

    private void end() {
      OnConnection connection = onConnection;
      if (here.remove(this)) {
        arriving.remove(1);
        if (connection != null) {
          connection.kept -= kept;
          here.keep(-kept);
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
