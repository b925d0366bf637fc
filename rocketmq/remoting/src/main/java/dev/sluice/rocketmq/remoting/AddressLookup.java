package dev.sluice.rocketmq.remoting;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Resolves names off the event loops: the platform's resolver blocks. Addresses written as numbers
 * resolve at once.
 */
final class AddressLookup {
  private AddressLookup() {}

  static Promise<InetSocketAddress> resolve(Endpoint endpoint, EventLoop loop) {
    Promise<InetSocketAddress> promise = loop.newPromise();
    byte[] numeric = NetUtil.createByteArrayFromIpAddressString(endpoint.host());
    if (numeric != null) {
      try {
        return promise.setSuccess(
            new InetSocketAddress(InetAddress.getByAddress(numeric), endpoint.port()));
      } catch (UnknownHostException e) {
        return promise.setFailure(e);
      }
    }
    Thread.ofVirtual().start(() -> resolveBlocking(endpoint, promise));
    return promise;
  }

  private static void resolveBlocking(Endpoint endpoint, Promise<InetSocketAddress> promise) {
    try {
      InetAddress address = InetAddress.getByName(endpoint.host());
      promise.trySuccess(new InetSocketAddress(address, endpoint.port()));
    } catch (UnknownHostException e) {
      promise.tryFailure(e);
    } catch (RejectedExecutionException e) {
      // The loop is gone, and with it whoever waited.
      promise.cancel(false);
    }
  }
}
