package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.Tracked;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.ResponseCode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client on one event loop: its connections, by address, and the deadlines of their calls. All
 * methods run on the loop, so there is nothing to lock. Connections are as many as the addresses in
 * use; what has been idle without a channel is dropped by {@link #tidy}.
 */
final class LoopCore {
  private static final Logger log = LoggerFactory.getLogger(LoopCore.class);

  private static final long SIGN_OF_LIFE_MILLIS = 3_000;

  final EventLoop loop;
  final ConnectionSettings settings;
  private final Map<Endpoint, Connection> connections = new HashMap<>();
  private final Map<Channel, Tracked> channels = new HashMap<>();
  private final DeadlineWheel wheel;
  private final @Nullable RequestSigner signer;
  private final Runnable onTick = this::tick;
  private @Nullable ScheduledFuture<?> ticking;
  private @Nullable CompletableFuture<@Nullable Void> drained;
  private @Nullable CompletableFuture<@Nullable Void> allClosed;
  private Runnable whenLost = () -> {};
  private int changes;
  private boolean closed;

  LoopCore(EventLoop loop, ConnectionSettings settings) {
    this.loop = loop;
    this.settings = settings;
    this.wheel = new DeadlineWheel(settings.clock().nanoTime());
    this.signer = settings.credentials() == null ? null : new RequestSigner(settings.credentials());
  }

  /** What to run when a channel has ended while the client is open; set before the first call. */
  void whenLost(Runnable task) {
    whenLost = task;
  }

  static ClientException closed() {
    return ClientException.of(FailureCategory.UNAVAILABLE, "the client is closed");
  }

  long now() {
    return settings.clock().nanoTime();
  }

  <R> void call(
      Endpoint endpoint,
      Request<R> request,
      Commands.Effect effect,
      boolean oneWay,
      long timeoutMillis,
      Reply<R> reply) {
    if (closed) {
      Replies.fail(reply, closed());
      return;
    }
    long now = now();
    if (timeoutMillis <= 0) {
      Replies.fail(
          reply,
          ClientException.at(
              endpoint,
              FailureCategory.TIMEOUT,
              "timeout: " + timeoutMillis + " ms (expected: > 0)"));
      return;
    }
    Request<R> outgoing;
    int bodyLength;
    try {
      outgoing = signer == null ? request : signer.sign(request);
      bodyLength = outgoing.bodyLength();
    } catch (RuntimeException e) {
      Replies.fail(reply, Connection.unsendable(endpoint, request, e));
      return;
    }
    Connection connection = connections.get(endpoint);
    if (connection == null) {
      connection = new Connection(this, endpoint);
      connections.put(endpoint, connection);
    }
    long deadline =
        now + TimeUnit.MILLISECONDS.toNanos(Math.min(timeoutMillis, Commands.MAX_TIMEOUT_MILLIS));
    connection.call(
        new PendingCall<>(connection, outgoing, effect, oneWay, deadline, reply), bodyLength, now);
  }

  /** A connection has taken responsibility for the call. */
  void accepted(PendingCall<?> call) {
    if (call.effect == Commands.Effect.CHANGES) {
      changes++;
    }
    settings.pendingCalls().add(1);
    wheel.add(call);
    if (ticking == null) {
      ticking = loop.schedule(onTick, DeadlineWheel.TICK_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  /** The connection gives the call back; it is completed next. */
  void released(PendingCall<?> call) {
    if (call.effect == Commands.Effect.CHANGES) {
      changes--;
    }
    settings.pendingCalls().remove(1);
    wheel.remove(call);
    if (changes == 0 && drained != null) {
      drained.complete(null);
    }
  }

  private void tick() {
    ticking = null;
    long now = now();
    for (PendingCall<?> call : wheel.advance(now)) {
      call.connection.late(call);
    }
    if (wheel.size() > 0 && ticking == null) {
      ticking = loop.schedule(onTick, DeadlineWheel.TICK_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  /** Has a request of a peer answered, now or later, unless no answer is wanted. */
  void answer(Endpoint from, RemotingCommand request, Consumer<RemotingCommand> answers) {
    Consumer<RemotingCommand> wanted = request.isOneWay() ? answer -> {} : answers;
    LateProcessor processor = settings.processors().find(request.code());
    if (processor == null) {
      wanted.accept(
          refusal(
              request,
              ResponseCode.REQUEST_CODE_NOT_SUPPORTED,
              "request code " + request.code() + " not supported"));
      return;
    }
    try {
      processor.process(from, request, wanted);
    } catch (RuntimeException e) {
      log.error("The processor of request code {} threw", request.code(), e);
      wanted.accept(refusal(request, ResponseCode.SYSTEM_ERROR, "the processor failed"));
    }
  }

  private static RemotingCommand refusal(RemotingCommand request, int code, String remark) {
    return RemotingCommand.response(
        code, request.opaque(), remark, Fields.empty(), ByteBuffer.allocate(0));
  }

  /** Counts a channel as open until it is closed. */
  void track(Channel channel, Endpoint endpoint) {
    Tracked tracked =
        settings.ledger().track("connection", settings.clientId() + " to " + endpoint, channel);
    channels.put(channel, tracked);
    channel
        .closeFuture()
        .addListener(
            future -> {
              channels.remove(channel);
              tracked.close();
              if (!closed) {
                whenLost.run();
              }
              CompletableFuture<@Nullable Void> waiting = allClosed;
              if (waiting != null && channels.isEmpty()) {
                waiting.complete(null);
              }
            });
  }

  /** Forgets connections without a channel, and sends the sign of life on the quiet ones. */
  void tidy(long quietSinceNanos, Request<Done> signOfLife) {
    if (closed) {
      return;
    }
    long now = now();
    connections.values().removeIf(connection -> connection.isDormant(now));
    List<Connection> all = List.copyOf(connections.values());
    for (Connection connection : all) {
      if (connection.isQuietSince(quietSinceNanos)
          && !settings.nameServers().isNameServer(connection.endpoint)) {
        call(
            connection.endpoint,
            signOfLife,
            Commands.Effect.READS,
            false,
            SIGN_OF_LIFE_MILLIS,
            Replies.whenOver(() -> {}));
      }
    }
  }

  /**
   * Completes when no call is pending that changes anything: what only reads may be made again
   * elsewhere, and where it waits for messages it would be waited for in vain.
   */
  void whenDrained(CompletableFuture<@Nullable Void> whenDrained) {
    drained = whenDrained;
    if (changes == 0) {
      whenDrained.complete(null);
    }
  }

  /** Refuses calls from now on, fails the pending ones, closes the channels; done when all are. */
  void close(CompletableFuture<@Nullable Void> whenClosed) {
    closed = true;
    List.copyOf(connections.values()).forEach(Connection::close);
    connections.clear();
    if (ticking != null) {
      ticking.cancel(false);
      ticking = null;
    }
    for (Channel channel : List.copyOf(channels.keySet())) {
      ChannelFuture unused = channel.close();
    }
    // Not before: the last channel may end while connections that have none still fail their calls.
    allClosed = whenClosed;
    if (channels.isEmpty()) {
      whenClosed.complete(null);
    }
  }
}
