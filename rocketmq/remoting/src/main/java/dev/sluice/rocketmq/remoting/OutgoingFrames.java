package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the frames that one connection writes within one turn of its event loop, in one buffer,
 * and hands them to the socket together at the end of the turn: one write for many calls, and no
 * delay that could be felt. Belongs to the loop.
 */
final class OutgoingFrames {
  private static final int CHUNK = 16 << 10;
  private static final int HEADER_GUESS = 1 << 10;

  private final Connection connection;
  private final FrameEncoder encoder;
  private final List<PendingCall<?>> collected = new ArrayList<>();
  private final Runnable flush = this::flush;
  private @Nullable ByteBuf buffer;
  private @Nullable Channel channel;
  private boolean scheduled;

  OutgoingFrames(Connection connection) {
    this.connection = connection;
    this.encoder = connection.core.settings.encoder();
  }

  /** Encodes the call's request; gives the size of its frame. What it throws leaves no trace. */
  int append(PendingCall<?> call, Channel to) {
    ByteBuf out = room(call.request.bodyLength() + HEADER_GUESS, to);
    int start = out.writerIndex();
    encoder.encode(call.request, call.opaque, call.oneWay, out);
    collected.add(call);
    schedule();
    return out.writerIndex() - start;
  }

  /** Encodes an answer to a request of the peer. */
  void append(RemotingCommand answer, Channel to) {
    encoder.encode(answer, room(answer.body().remaining() + HEADER_GUESS, to));
    schedule();
  }

  private ByteBuf room(int bytes, Channel to) {
    ByteBuf current = buffer;
    if (current != null && current.writableBytes() < bytes) {
      handOver();
      current = null;
    }
    if (current == null) {
      channel = to;
      current = to.alloc().directBuffer(Math.max(CHUNK, bytes));
      buffer = current;
    }
    return current;
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      connection.core.loop.execute(flush);
    }
  }

  private void flush() {
    scheduled = false;
    handOver();
    Channel to = channel;
    if (to != null) {
      to.flush();
    }
  }

  private void handOver() {
    ByteBuf full = buffer;
    Channel to = channel;
    if (full == null || to == null) {
      return;
    }
    buffer = null;
    if (!full.isReadable()) {
      full.release();
      return;
    }
    List<PendingCall<?>> oneWays = List.of();
    for (PendingCall<?> call : collected) {
      if (call.stage != PendingCall.Stage.OVER) {
        call.stage = PendingCall.Stage.WRITTEN;
        if (call.oneWay) {
          oneWays = oneWays.isEmpty() ? new ArrayList<>() : oneWays;
          oneWays.add(call);
        }
      }
    }
    collected.clear();
    if (oneWays.isEmpty()) {
      // A failed write closes the channel, which ends the calls.
      ChannelFuture unused = to.write(full, to.voidPromise());
      return;
    }
    List<PendingCall<?>> tell = oneWays;
    to.write(full)
        .addListener(
            future -> {
              for (PendingCall<?> call : tell) {
                if (future.isSuccess()) {
                  connection.oneWayWritten(call);
                } else {
                  connection.oneWayFailed(call, future.cause());
                }
              }
            });
  }

  /** Drops what was not handed over: its calls were never written. */
  void discard() {
    ByteBuf unsent = buffer;
    buffer = null;
    channel = null;
    if (unsent != null) {
      unsent.release();
    }
    List<PendingCall<?>> unwritten = List.copyOf(collected);
    collected.clear();
    for (PendingCall<?> call : unwritten) {
      if (call.oneWay) {
        connection.oneWayFailed(call, new ClosedChannelException());
      }
    }
  }
}
