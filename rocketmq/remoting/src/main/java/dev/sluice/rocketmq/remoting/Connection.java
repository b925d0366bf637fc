package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.remoting.ConnectionState.Closed;
import dev.sluice.rocketmq.remoting.ConnectionState.Connecting;
import dev.sluice.rocketmq.remoting.ConnectionState.Idle;
import dev.sluice.rocketmq.remoting.ConnectionState.Open;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's way to one address: connects when first called, matches answers to calls, and
 * ends every call exactly once. All methods run on the loop.
 */
final class Connection {
  final LoopCore core;
  final Endpoint endpoint;
  private final CallLimits limits;
  private final PendingCalls pending = new PendingCalls();
  private final Backoff backoff;
  private final OutgoingFrames frames;
  private final ConnectionOpener opener;
  private final Silence silence;

  private ConnectionState state = new Idle(Long.MIN_VALUE, null);
  private int callsInFlight;
  private long bytesInFlight;
  private int lastOpaque;
  private long lastUseNanos;
  private boolean answered;

  Connection(LoopCore core, Endpoint endpoint) {
    this.core = core;
    this.endpoint = endpoint;
    this.limits = core.settings.limits();
    this.backoff =
        new Backoff(core.settings.minReconnectDelay(), core.settings.maxReconnectDelay());
    this.frames = new OutgoingFrames(this);
    this.opener = new ConnectionOpener(this);
    this.silence = new Silence(core.settings.silenceLimit());
  }

  /** Accepts a call, or refuses it through its reply. */
  void call(PendingCall<?> call, int bodyLength, long nowNanos) {
    if (callsInFlight >= limits.maxCalls()) {
      call.failed(overloaded(callsInFlight + " calls", limits.maxCalls() + " calls"));
      return;
    }
    if (bytesInFlight > 0 && bytesInFlight + bodyLength > limits.maxBytes()) {
      call.failed(
          overloaded(bytesInFlight + " + " + bodyLength + " bytes", limits.maxBytes() + " bytes"));
      return;
    }
    lastUseNanos = nowNanos;
    switch (state) {
      case Open open -> {
        accept(call, bodyLength);
        write(call, open.channel());
      }
      case Connecting connecting -> {
        accept(call, bodyLength);
        connecting.waiting().add(call);
      }
      case Idle idle -> {
        if (idle.lastFailure() != null && idle.notBeforeNanos() - nowNanos > 0) {
          call.failed(
              ClientException.at(
                  endpoint,
                  FailureCategory.UNAVAILABLE,
                  endpoint + " is left alone after a failure: " + idle.lastFailure()));
          return;
        }
        accept(call, bodyLength);
        Connecting connecting = new Connecting();
        connecting.waiting().add(call);
        state = connecting;
        opener.open();
      }
      case Closed closed -> call.failed(LoopCore.closed());
    }
  }

  private ClientException overloaded(String have, String limit) {
    return ClientException.at(
        endpoint,
        FailureCategory.OVERLOADED,
        "in flight to " + endpoint + ": " + have + " (expected: at most " + limit + ')');
  }

  private void accept(PendingCall<?> call, int bytes) {
    call.bytes = bytes;
    callsInFlight++;
    bytesInFlight += bytes;
    core.accepted(call);
  }

  /** Gives back all that the call holds. Whoever calls this completes it next. */
  private void release(PendingCall<?> call) {
    call.stage = PendingCall.Stage.OVER;
    callsInFlight--;
    bytesInFlight -= call.bytes;
    core.released(call);
  }

  private void write(PendingCall<?> call, Channel channel) {
    call.opaque = nextOpaque();
    int size;
    try {
      size = frames.append(call, channel);
    } catch (RuntimeException e) {
      release(call);
      call.failed(unsendable(endpoint, call.request, e));
      return;
    }
    bytesInFlight += size - call.bytes;
    call.bytes = size;
    call.stage = PendingCall.Stage.ENCODED;
    if (!call.oneWay) {
      pending.add(call);
      silence.asked(lastUseNanos);
    }
  }

  /** What a request fails with that cannot be encoded. */
  static ClientException unsendable(Endpoint endpoint, Request<?> request, RuntimeException e) {
    return ClientException.at(
        endpoint,
        e instanceof WireException ? FailureCategory.INVALID_ARGUMENT : FailureCategory.INTERNAL,
        RequestCode.name(request.code()) + ": cannot be encoded: " + message(e),
        e);
  }

  private int nextOpaque() {
    do {
      lastOpaque++;
    } while (pending.contains(lastOpaque));
    return lastOpaque;
  }

  /** The channel is there: writes what waited for it. */
  void opened(Channel channel) {
    if (!(state instanceof Connecting connecting)) {
      ChannelFuture unused = channel.close();
      return;
    }
    state = new Open(channel);
    answered = false;
    silence.heard();
    for (PendingCall<?> call : connecting.waiting()) {
      if (call.stage == PendingCall.Stage.WAITING) {
        write(call, channel);
      }
    }
  }

  /** The attempt failed: so do all who waited, and the address is left alone for a while. */
  void openFailed(Throwable cause) {
    if (!(state instanceof Connecting connecting)) {
      return;
    }
    String reason = "cannot connect to " + endpoint + ": " + message(cause);
    state = new Idle(core.now() + backoff.failed(), reason);
    for (PendingCall<?> call : connecting.waiting()) {
      if (call.stage == PendingCall.Stage.WAITING) {
        end(call, FailureCategory.UNAVAILABLE, reason, cause);
      }
    }
  }

  /** An answer or a request has arrived. */
  void received(RemotingCommand command, Channel channel) {
    silence.heard();
    if (!command.isResponse()) {
      core.answer(endpoint, command, answer -> answer(answer, channel));
      return;
    }
    if (!answered) {
      answered = true;
      backoff.succeeded();
    }
    PendingCall<?> call = pending.remove(command.opaque());
    if (call != null) {
      release(call);
      complete(call, command);
    }
  }

  /** From any thread; goes nowhere when the channel that asked is gone. */
  private void answer(RemotingCommand answer, Channel channel) {
    if (!core.loop.inEventLoop()) {
      core.loop.execute(() -> answer(answer, channel));
    } else if (state instanceof Open open && open.channel().equals(channel)) {
      frames.append(answer, channel);
    }
  }

  private <R> void complete(PendingCall<R> call, RemotingCommand answer) {
    R value;
    try {
      value = call.request.read(answer);
    } catch (RefusedException e) {
      call.failed(Refusals.of(endpoint, e));
      return;
    } catch (RuntimeException e) {
      // Whatever an answer holds, its call ends, and ends alone.
      String reason = RequestCode.name(call.request.code()) + ": " + endpoint + " answered ";
      call.failed(ClientException.at(endpoint, FailureCategory.INTERNAL, reason + message(e), e));
      return;
    }
    call.done(value);
  }

  /** The bytes of this one-way call have left. */
  void oneWayWritten(PendingCall<?> call) {
    if (call.stage != PendingCall.Stage.OVER) {
      release(call);
      call.doneWithoutAnswer();
    }
  }

  /** The bytes of this one-way call have not left, or only perhaps. */
  void oneWayFailed(PendingCall<?> call, Throwable cause) {
    if (call.stage != PendingCall.Stage.OVER) {
      end(
          call,
          call.whenLost(FailureCategory.UNAVAILABLE),
          "cannot write to " + endpoint + ": " + message(cause),
          cause);
    }
  }

  /** The channel has ended: every call on it ends now. */
  void lost(Channel channel, @Nullable Throwable cause) {
    lost(channel, cause, FailureCategory.UNAVAILABLE);
  }

  /** The peer does not speak the protocol: every call on the channel ends now. */
  void broken(Channel channel, Throwable cause) {
    lost(channel, cause, FailureCategory.INTERNAL);
  }

  private void lost(Channel channel, @Nullable Throwable cause, FailureCategory harmless) {
    if (!(state instanceof Open open) || !open.channel().equals(channel)) {
      return;
    }
    String reason =
        "connection to " + endpoint + " lost" + (cause == null ? "" : ": " + message(cause));
    // A peer that accepts and hangs up, or speaks another protocol, is not called again at once.
    state = answered ? new Idle(core.now(), null) : new Idle(core.now() + backoff.failed(), reason);
    frames.discard();
    pending.drain(call -> end(call, call.whenLost(harmless), reason, cause));
  }

  /** The call's time is up. The wheel has let go of it. */
  void late(PendingCall<?> call) {
    FailureCategory category = call.whenLate();
    PendingCall.Stage stage = call.stage;
    if (stage == PendingCall.Stage.OVER) {
      return;
    }
    if (state instanceof Connecting connecting && stage == PendingCall.Stage.WAITING) {
      connecting.waiting().remove(call);
    } else if (!call.oneWay) {
      pending.remove(call.opaque);
    }

    String what =
        stage == PendingCall.Stage.WAITING
            ? "no connection to " + endpoint + " in time"
            : "no answer from " + endpoint + " in time";
    end(call, category, what, null);
    if (state instanceof Open open && silence.isTooLong(core.now())) {
      lost(open.channel(), new SocketTimeoutException(silence.toString()));
      ChannelFuture unused = open.channel().close();
    }
  }

  private void end(
      PendingCall<?> call, FailureCategory category, String reason, @Nullable Throwable cause) {
    release(call);
    String what = RequestCode.name(call.request.code()) + ": " + reason;
    call.failed(ClientException.at(endpoint, category, what, cause));
  }

  /** Whether it may be forgotten: nothing open, nothing in flight, no failure to remember. */
  boolean isDormant(long nowNanos) {
    return state instanceof Idle idle
        && callsInFlight == 0
        && (idle.lastFailure() == null || idle.notBeforeNanos() - nowNanos <= 0);
  }

  /** Whether it is open, and nothing was sent on it since that time. */
  boolean isQuietSince(long nanos) {
    return state instanceof Open && lastUseNanos - nanos <= 0;
  }

  /** Ends for good: fails what is in flight and closes the channel. */
  void close() {
    ConnectionState before = state;
    state = new Closed();
    String reason = "the client was closed";
    switch (before) {
      case Open open -> {
        frames.discard();
        pending.drain(call -> end(call, call.whenLost(FailureCategory.UNAVAILABLE), reason, null));
        ChannelFuture unused = open.channel().close();
      }
      case Connecting connecting -> {
        opener.cancel();
        for (PendingCall<?> call : connecting.waiting()) {
          if (call.stage == PendingCall.Stage.WAITING) {
            end(call, FailureCategory.UNAVAILABLE, reason, null);
          }
        }
      }
      case Idle idle -> {}
      case Closed closed -> {}
    }
  }

  private static String message(Throwable cause) {
    String text = cause.getMessage();
    return text == null ? cause.getClass().getSimpleName() : text;
  }
}
