package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.FrameDecoder;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.ProtocolException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what arrives on one channel into commands and gives them to its connection. A broken frame
 * ends the channel, as the place in the stream is lost; no other channel is touched.
 */
final class IncomingFrames extends ByteToMessageDecoder {
  private static final int HTTP = 'H' << 24 | 'T' << 16 | 'T' << 8 | 'P';

  private final Connection connection;
  private final FrameDecoder decoder;
  private @Nullable Throwable cause;
  private boolean first = true;

  IncomingFrames(Connection connection) {
    this.connection = connection;
    this.decoder = new FrameDecoder(connection.core.settings.frames());
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (cause != null) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (first && in.readableBytes() >= 4) {
      first = false;
      if (in.getInt(in.readerIndex()) == HTTP) {
        broken(ctx, in, new ProtocolException("an HTTP server answered (" + expected() + ')'));
        return;
      }
    }
    try {
      RemotingCommand command = decoder.decode(in);
      if (command != null) {
        connection.received(command, ctx.channel());
      }
    } catch (WireException e) {
      String message = "broken frame: " + e.getMessage() + " (" + expected() + ')';
      ProtocolException failure = new ProtocolException(message);
      failure.initCause(e);
      broken(ctx, in, failure);
    }
  }

  private static String expected() {
    return "expected: the frames of a RocketMQ broker or name server";
  }

  private void broken(ChannelHandlerContext ctx, ByteBuf in, Throwable failure) {
    cause = failure;
    in.skipBytes(in.readableBytes());
    connection.broken(ctx.channel(), failure);
    ChannelFuture unused = ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    connection.lost(ctx.channel(), cause);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    cause = failure;
    connection.lost(ctx.channel(), failure);
    ChannelFuture unused = ctx.close();
  }
}
