package dev.sluice.gateway.access;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closes TCP connections beyond what is accepted as soon as they are there. That is a little more
 * than callers may have, so that those a little too many still get an answer that says so; this is
 * for floods, and for peers that never get as far as HTTP/2. Goes into the pipeline of a server's
 * channel.
 */
@Sharable
public final class AcceptLimit extends ChannelInboundHandlerAdapter {
  private final int maximum;
  private final AddressCounts addresses;
  private final Runnable refused;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * A limit for one server.
   *
   * @param most the most that are accepted in all, whatever the limits say
   * @param refused run for each connection that is closed, on an event loop
   */
  public AcceptLimit(ConnectionLimits limits, int most, Runnable refused) {
    this.maximum = Math.min(limits.acceptedInAll(), most);
    this.addresses = new AddressCounts(limits.acceptedPerAddress());
    this.refused = refused;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    if (accepted instanceof Channel child && !enter(child)) {
      refused.run();
      child.unsafe().closeForcibly();
      return;
    }
    ctx.fireChannelRead(accepted);
  }

  private boolean enter(Channel child) {
    if (open.incrementAndGet() > maximum) {
      open.decrementAndGet();
      return false;
    }
    String origin = AddressCounts.origin(child.remoteAddress());
    if (!addresses.enter(origin)) {
      open.decrementAndGet();
      return false;
    }
    child
        .closeFuture()
        .addListener(
            closed -> {
              open.decrementAndGet();
              addresses.leave(origin);
            });
    return true;
  }
}
