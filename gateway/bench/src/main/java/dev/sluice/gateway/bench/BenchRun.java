package dev.sluice.gateway.bench;

import com.google.protobuf.ByteString;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.EventLoops;
import io.grpc.Status;
import io.grpc.StatusException;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run: connects, puts load on the gateway, measures, and gives everything back. One thread
 * starts it, measures once and closes it, and may block meanwhile; any thread may stop it.
 */
public final class BenchRun implements AutoCloseable {
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final Duration SHORT_DRAIN = Duration.ofSeconds(1);
  private static final Duration COUNTING = Duration.ofSeconds(5);
  private static final Duration ACKNOWLEDGING = Duration.ofSeconds(2);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final int MOST_LOOPS = 8;

  private final Plan plan;
  private final Connector connector;
  private final Ledger ledger;
  private final EventLoops loops;
  private final String run = Integer.toHexString(ThreadLocalRandom.current().nextInt() | 1 << 28);
  private final List<Connection> connections = new ArrayList<>();
  private final List<Deliveries> deliveries = new ArrayList<>();
  private volatile boolean stopped;
  private volatile @Nullable Thread starting;
  private volatile @Nullable Measuring measuring;

  private record Measuring(Window window, List<Lane> lanes) {
    void end() {
      window.endAt(System.nanoTime());
      lanes.forEach(Lane::look);
    }
  }

  /**
   * A run that has not begun.
   *
   * @param ledger where what it opens is tracked
   */
  public BenchRun(Plan plan, Connector connector, Ledger ledger) {
    this.plan = plan;
    this.connector = connector;
    this.ledger = ledger;
    int cores = Runtime.getRuntime().availableProcessors();
    this.loops =
        EventLoops.owned(Math.min(plan.connections(), Math.clamp(cores, 1, MOST_LOOPS)), ledger);
  }

  /**
   * Connects, makes producers and consumers, and sends one message. Undoes what it did where that
   * fails.
   *
   * @throws StatusException where a call fails, also as it is stopped
   * @throws RefusedException where the gateway refuses something
   */
  public void start() throws StatusException, RefusedException, InterruptedException {
    starting = Thread.currentThread();
    boolean started = false;
    try {
      loops.start();
      connect();
      if (plan.mode() == Mode.SEND_RECEIVE) {
        consume();
      }
      started = true;
    } finally {
      starting = null;
      if (!started) {
        close();
      }
    }
  }

  private void connect() throws StatusException, RefusedException {
    ByteString body = Bodies.of(plan.bodyBytes());
    for (int i = 0; i < plan.connections(); i++) {
      EventLoop loop = loops.all().get(i % loops.size());
      Connection connection =
          new Connection(loop, connector.connect(loop, loops.socketChannel()), ledger);
      connections.add(connection);
      connection.produce(plan.topic(), body);
      if (i == 0) {
        connection.probe();
      }
    }
  }

  private void consume() throws StatusException, RefusedException, InterruptedException {
    for (Connection connection : connections) {
      deliveries.add(Deliveries.create(connection, plan.topic(), plan.group(), run, ledger));
    }
    CompletableFuture<Void> opened = all(deliveries.stream().map(Deliveries::open).toList());
    try {
      opened.get(Connection.CALL_TIME.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StatusException failure) {
        throw failure;
      }
      throw new IllegalStateException("a stream did not open", e);
    } catch (TimeoutException e) {
      throw Status.DEADLINE_EXCEEDED
          .withDescription("no stream after " + Connection.CALL_TIME.toSeconds() + " s")
          .asException();
    }
  }

  /** Puts the load on and returns when it is over. To be called once, after {@link #start}. */
  public Result measure(Progress progress) throws InterruptedException {
    long start = System.nanoTime();
    long begin = start + plan.warmUp().toNanos();
    Window window = new Window(begin, begin + plan.duration().toNanos(), plan.messages());
    Recordings recordings = new Recordings(window, plan.mode());
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < connections.size(); i++) {
      lanes.add(lane(i, start, window, recordings));
    }
    deliveries.forEach(each -> each.deliverTo(new Deliveries.Receivers(lanes, recordings)));
    Measuring now = new Measuring(window, lanes);
    measuring = now;
    if (stopped) {
      now.end();
    }
    CompletableFuture<Void> ended = all(lanes.stream().map(Lane::ended).toList());
    lanes.forEach(Lane::look);
    Course course = new Course(window, recordings, progress, start);
    boolean done = false;
    while (!done && System.nanoTime() - window.end() < 0) {
      long next = course.next();
      long wait = Math.min(next - System.nanoTime(), window.end() - System.nanoTime());
      done = await(ended, Duration.ofNanos(Math.max(0, wait)));
      course.look(System.nanoTime());
    }
    boolean byCount = done && System.nanoTime() - window.end() < 0;
    drain(ended, lanes, recordings, progress);
    progress.over();
    return result(byCount, window, recordings, course);
  }

  private Lane lane(int number, long start, Window window, Recordings recordings) {
    Connection connection = connections.get(number);
    boolean receives = plan.mode() == Mode.SEND_RECEIVE;
    Pacing pacing =
        switch (plan.pace()) {
          case Pace.InFlight _ -> Pacing.atOnce();
          case Pace.Rate(double perSecond) ->
              new Schedule(start, window.begin(), perSecond, number, connections.size());
        };
    return new Lane(
        connection.loop(),
        receives ? connection.marked(run, number) : connection.plain(),
        pacing,
        window,
        recordings,
        plan.inFlight(number),
        receives);
  }

  private void drain(
      CompletableFuture<Void> ended, List<Lane> lanes, Recordings recordings, Progress progress)
      throws InterruptedException {
    if (!await(ended, SHORT_DRAIN)) {
      progress.draining();
      await(ended, DRAIN.minus(SHORT_DRAIN));
    }
    await(all(lanes.stream().map(Lane::close).toList()), COUNTING);
    if (!await(all(deliveries.stream().map(Deliveries::acknowledgedAll).toList()), ACKNOWLEDGING)) {
      recordings.failedBeside("acknowledge", "NO_ANSWER", "no answer before the end");
    }
  }

  private Result result(boolean byCount, Window window, Recordings recordings, Course course) {
    long end = byCount ? recordings.lastFinish() : window.end();
    double seconds = Math.max(0, end - window.begin()) / (double) TimeUnit.SECONDS.toNanos(1);
    // Not what the warm-up left behind, nor what came only when nothing was sent any more.
    long counted =
        byCount
            ? recordings.finished()
            : Math.min(recordings.finished(), recordings.finishedInTime());
    return new Result(
        plan,
        stopped,
        seconds,
        recordings.finished(),
        seconds == 0 ? 0 : counted / seconds,
        recordings.sends(),
        plan.mode() == Mode.SEND_RECEIVE ? Optional.of(recordings.deliveries()) : Optional.empty(),
        recordings.lateness(),
        recordings.failures().all(),
        recordings.failedBefore(),
        recordings.unsent(),
        recordings.repeats(),
        course.seconds());
  }

  /** Ends it early; what was measured until then is the result. For any thread. */
  public void stop() {
    stopped = true;
    Thread waits = starting;
    if (waits != null) {
      waits.interrupt();
    }
    Measuring now = measuring;
    if (now != null) {
      now.end();
    }
  }

  /** Ends streams, gives producers and consumers back and closes the connections, in 5 seconds. */
  @Override
  public void close() {
    // Whoever was interrupted closes all the same, and stays interrupted.
    boolean interrupted = Thread.interrupted();
    Deadline deadline = Deadline.after(CLOSE);
    // Giving back is good manners: what is left is gone with its connection.
    Deadline manners = deadline.minus(CLOSE.dividedBy(2));
    deliveries.forEach(Deliveries::stop);
    deliveries.forEach(each -> each.cleanUp(manners.remaining()));
    connections.forEach(each -> each.cleanUp(manners.remaining()));
    connections.forEach(Connection::hangUp);
    connections.forEach(each -> each.awaitEnd(deadline));
    deliveries.clear();
    connections.clear();
    loops.close(deadline);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static CompletableFuture<Void> all(List<? extends CompletionStage<Void>> stages) {
    return CompletableFuture.allOf(
        stages.stream()
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture<?>[]::new));
  }

  /** Whether it was done in time. */
  private static boolean await(CompletableFuture<Void> future, Duration time)
      throws InterruptedException {
    try {
      future.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the load generator failed", e.getCause());
    }
  }
}
