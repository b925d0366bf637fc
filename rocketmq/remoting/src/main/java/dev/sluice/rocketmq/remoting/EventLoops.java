package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tracked;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The event loops that clients, and a server beside them, share: one Netty group, epoll where there
 * is one. An {@linkplain #owned owned} group is made in {@link #start} and shut down by close; a
 * {@linkplain #borrowed borrowed} one stays its owner's.
 */
public final class EventLoops implements BoundedCloseable {
  private final int threads;
  private final @Nullable Ledger ledger;
  private final @Nullable EventLoopGroup lent;

  /**
   * Which loop of which loops the thread is; one for all, as such variables are never given back.
   */
  private static final FastThreadLocal<Slot> SLOT = new FastThreadLocal<>();

  private final AtomicInteger turn = new AtomicInteger();
  private final BoundedCloseable closing;
  private volatile @Nullable Running running;
  private boolean closed;

  private record Slot(EventLoops owner, int index) {}

  private record Running(EventLoopGroup group, List<EventLoop> loops, @Nullable Tracked tracked) {}

  private EventLoops(int threads, @Nullable Ledger ledger, @Nullable EventLoopGroup lent) {
    this.threads = threads;
    this.ledger = ledger;
    this.lent = lent;
    this.closing =
        StagedClose.named("event loops").stage("shut down the group", this::shutDown).build();
  }

  /**
   * Loops of their own.
   *
   * @param threads one loop each; 1 or more
   * @param ledger where the group is tracked while it is open
   */
  public static EventLoops owned(int threads, Ledger ledger) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
    }
    return new EventLoops(threads, ledger, null);
  }

  /**
   * The loops of a group that somebody else shuts down, after this and every client on it is
   * closed. Its channels must be of {@link #socketChannel()}'s transport.
   */
  public static EventLoops borrowed(EventLoopGroup group) {
    return new EventLoops(0, null, group);
  }

  /** Whether the group is, or will be, on epoll. */
  public static boolean epoll() {
    return Epoll.isAvailable();
  }

  /** The transport of groups made here, for those who make a group to be borrowed. */
  public static IoHandlerFactory transport() {
    return epoll() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  /**
   * Makes the group, if it is to be owned. Idempotent.
   *
   * @throws IllegalStateException if it is closed
   * @throws IllegalArgumentException if a borrowed group has members that are no event loops
   */
  public synchronized void start() {
    if (closed) {
      throw new IllegalStateException("event loops: closed (expected: start() before close)");
    }
    if (running != null) {
      return;
    }
    EventLoopGroup group = lent;
    Tracked tracked = null;
    if (group == null) {
      group =
          new MultiThreadIoEventLoopGroup(
              threads, new DefaultThreadFactory("sluice-loop", true), transport());
      tracked = ledger == null ? null : ledger.track("event loop group", "event loops", group);
    }
    List<EventLoop> all = new ArrayList<>();
    for (EventExecutor member : group) {
      if (!(member instanceof EventLoop loop)) {
        throw new IllegalArgumentException(
            "group: has member " + member + " (expected: event loops)");
      }
      all.add(loop);
    }
    running = new Running(group, List.copyOf(all), tracked);
  }

  /** The group itself, e.g. for a server that shares it. */
  public EventLoopGroup group() {
    return running().group;
  }

  /** The class of client channels that the group can run. */
  public Class<? extends SocketChannel> socketChannel() {
    return running().group instanceof IoEventLoopGroup io && io.isIoType(EpollIoHandler.class)
        ? EpollSocketChannel.class
        : NioSocketChannel.class;
  }

  /** All loops, always in the same order. */
  public List<EventLoop> all() {
    return running().loops;
  }

  /** How many loops there are. */
  public int size() {
    return running().loops.size();
  }

  /** The loop whose thread is calling, or on any other thread each of the loops in turn. */
  public EventLoop current() {
    return running().loops.get(currentOrNextIndex());
  }

  /** The position in {@link #all()} of what {@link #current} would return. */
  public int currentOrNextIndex() {
    int index = currentIndex();
    return index >= 0 ? index : nextIndex();
  }

  /** Whether the calling thread is one of the loops. */
  public boolean onLoop() {
    return currentIndex() >= 0;
  }

  /** The position in {@link #all()} of the loop whose thread is calling, or -1. */
  int currentIndex() {
    return indexOfThread(running().loops);
  }

  /** The position of a loop for a thread that is none. */
  int nextIndex() {
    return Math.floorMod(turn.getAndIncrement(), running().loops.size());
  }

  /** Remembers the answer per thread; scans only the first time a thread asks. */
  private int indexOfThread(List<EventLoop> loops) {
    Slot known = SLOT.getIfExists();
    if (known != null && known.owner == this) {
      return known.index;
    }
    for (int i = 0; i < loops.size(); i++) {
      if (loops.get(i).inEventLoop()) {
        SLOT.set(new Slot(this, i));
        return i;
      }
    }
    return -1;
  }

  private Running running() {
    Running r = running;
    if (r == null) {
      throw new IllegalStateException("event loops: not started (expected: start() before use)");
    }
    return r;
  }

  /**
   * Shuts an owned group down: at once when nothing is scheduled, as everything on it is closed.
   */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }

  private synchronized CompletionStage<?> shutDown(Deadline deadline) {
    closed = true;
    Running r = running;
    if (r == null || lent != null) {
      return CompletableFuture.completedStage(null);
    }
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    r.group
        .shutdownGracefully(0, Math.max(1, deadline.remaining().toMillis()), TimeUnit.MILLISECONDS)
        .addListener(
            future -> {
              if (r.tracked != null) {
                r.tracked.close();
              }
              done.complete(null);
            });
    return done;
  }
}
