package dev.sluice.gateway.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A peer that speaks HTTP/2 and does with its streams what no gRPC client does. */
final class Http2Caller implements AutoCloseable {
  private static final int SECONDS = 20;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel connection;

  private Http2Caller(int port, Http2Settings settings) throws InterruptedException {
    connection =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forClient().initialSettings(settings).build(),
                            new Http2MultiplexHandler(
                                new ChannelInitializer<>() {
                                  @Override
                                  protected void initChannel(Channel pushed) {}
                                }));
                  }
                })
            .connect("127.0.0.1", port)
            .sync()
            .channel();
  }

  static Http2Caller connect(int port, Http2Settings settings) throws InterruptedException {
    return new Http2Caller(port, settings);
  }

  /** One call. */
  final class Call {
    private final Http2StreamChannel stream;
    private final CompletableFuture<String> status = new CompletableFuture<>();
    private final AtomicBoolean answered = new AtomicBoolean();

    private Call(String path) throws Exception {
      stream =
          new Http2StreamChannelBootstrap(connection)
              .handler(new Answer(status, answered))
              .open()
              .get(SECONDS, TimeUnit.SECONDS);
      var headers =
          new DefaultHttp2Headers()
              .method("POST")
              .scheme("http")
              .authority("localhost")
              .path(path)
              .set("content-type", "application/grpc")
              .set("te", "trailers")
              .set("x-mq-client-id", "a-peer");
      stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers)).sync();
    }

    /** Says that a request of so many bytes follows, and sends so many of them. */
    void begin(int length, int sent) {
      byte[] bytes = new byte[5 + sent];
      bytes[1] = (byte) (length >> 24);
      bytes[2] = (byte) (length >> 16);
      bytes[3] = (byte) (length >> 8);
      bytes[4] = (byte) length;
      var _ =
          stream.writeAndFlush(
              new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), length == sent));
    }

    /** A whole request, and more may follow. */
    void send(byte[] request) {
      byte[] bytes = new byte[5 + request.length];
      bytes[4] = (byte) request.length;
      System.arraycopy(request, 0, bytes, 5, request.length);
      var _ = stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), false));
    }

    /** Whether an answer has begun to arrive. */
    boolean answered() {
      return answered.get();
    }

    void reset() throws InterruptedException {
      stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).sync();
    }

    /** gRPC's status of the answer, with its message; fails where the stream ends without one. */
    CompletableFuture<String> status() {
      return status;
    }
  }

  /** Begins a call of the method with this path. */
  Call call(String path) throws Exception {
    return new Call(path);
  }

  private static final class Answer extends SimpleChannelInboundHandler<Http2Frame> {
    private final CompletableFuture<String> status;
    private final AtomicBoolean answered;

    Answer(CompletableFuture<String> status, AtomicBoolean answered) {
      this.status = status;
      this.answered = answered;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Http2Frame frame) {
      answered.compareAndSet(false, frame instanceof Http2DataFrame);
      if (frame instanceof Http2HeadersFrame answer && answer.headers().contains("grpc-status")) {
        status.complete(
            answer.headers().get("grpc-status") + " " + answer.headers().get("grpc-message"));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      status.completeExceptionally(new IllegalStateException("the stream has ended"));
    }
  }

  @Override
  public void close() {
    connection.close().syncUninterruptibly();
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
