package dev.sluice.rocketmq.remoting;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a time to open a connection's channel, names resolved off the loop, bounded by the
 * connect timeout as a whole, TLS included.
 */
final class ConnectionOpener {
  private final Connection connection;
  private @Nullable Promise<InetSocketAddress> lookup;
  private @Nullable ChannelFuture connecting;
  private @Nullable ScheduledFuture<?> giveUp;

  ConnectionOpener(Connection connection) {
    this.connection = connection;
  }

  /** Begins; ends in the connection's opened() or openFailed(), or in nothing after cancel(). */
  void open() {
    LoopCore core = connection.core;
    long nanos = core.settings.connectTimeout().toNanos();
    giveUp =
        core.loop.schedule(
            () -> fail(new ConnectException("not connected in " + core.settings.connectTimeout())),
            nanos,
            TimeUnit.NANOSECONDS);
    Promise<InetSocketAddress> resolving = AddressLookup.resolve(connection.endpoint, core.loop);
    lookup = resolving;
    resolving.addListener(
        future -> {
          if (!resolving.equals(lookup)) {
            return;
          }
          if (future.isSuccess()) {
            connect(resolving.getNow());
          } else {
            fail(future.cause());
          }
        });
  }

  private void connect(InetSocketAddress address) {
    LoopCore core = connection.core;
    ChannelFuture attempt =
        new Bootstrap()
            .group(core.loop)
            .channel(core.settings.channel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) Math.min(Integer.MAX_VALUE, core.settings.connectTimeout().toMillis() + 1))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    initialize(channel);
                  }
                })
            .connect(address);
    connecting = attempt;
    attempt.addListener(
        future -> {
          if (!attempt.equals(connecting)) {
            ChannelFuture unused = attempt.channel().close();
          } else if (future.isSuccess()) {
            secure(attempt);
          } else {
            fail(future.cause());
          }
        });
  }

  /** Waits for the peer to have shown who it is, where it must. */
  private void secure(ChannelFuture attempt) {
    SslHandler tls = attempt.channel().pipeline().get(SslHandler.class);
    if (tls == null) {
      succeed(attempt);
      return;
    }
    tls.handshakeFuture()
        .addListener(
            future -> {
              if (!attempt.equals(connecting)) {
                ChannelFuture unused = attempt.channel().close();
              } else if (future.isSuccess()) {
                succeed(attempt);
              } else {
                fail(new ConnectException("TLS: " + future.cause()));
              }
            });
  }

  private void succeed(ChannelFuture attempt) {
    forget();
    connection.opened(attempt.channel());
  }

  private void initialize(Channel channel) {
    connection.core.track(channel, connection.endpoint);
    SslContext tls = connection.core.settings.tls();
    if (tls != null) {
      Endpoint peer = connection.endpoint;
      SslHandler handler = tls.newHandler(channel.alloc(), peer.host(), peer.port());
      handler.setHandshakeTimeoutMillis(connection.core.settings.connectTimeout().toMillis());
      channel.pipeline().addLast(handler);
    }
    channel.pipeline().addLast(new IncomingFrames(connection));
  }

  private void fail(Throwable cause) {
    cancel();
    connection.openFailed(cause);
  }

  /** Stops the attempt without a word. */
  void cancel() {
    ChannelFuture attempt = connecting;
    forget();
    if (attempt != null) {
      ChannelFuture unused = attempt.channel().close();
    }
  }

  private void forget() {
    lookup = null;
    connecting = null;
    ScheduledFuture<?> timer = giveUp;
    giveUp = null;
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
