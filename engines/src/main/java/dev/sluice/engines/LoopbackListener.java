package dev.sluice.engines;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Has a server of RocketMQ 4, which can only listen on all addresses, listen on loopback: a handler
 * of Netty in the pipeline of its listening channel, which changes the address that it is bound to
 * and passes on everything else. Servers are compiled into another Netty than ours, hence a proxy.
 */
final class LoopbackListener implements InvocationHandler {
  private LoopbackListener() {}

  /** Before the server is started. */
  static void restrict(Object server) throws Exception {
    Object bootstrap = Reflected.field(server, "serverBootstrap");
    ClassLoader loader = bootstrap.getClass().getClassLoader();
    Class<?> outbound = Class.forName("io.netty.channel.ChannelOutboundHandler", true, loader);
    Class<?> handler = Class.forName("io.netty.channel.ChannelHandler", true, loader);
    Object listener =
        Proxy.newProxyInstance(loader, new Class<?>[] {outbound}, new LoopbackListener());
    bootstrap.getClass().getMethod("handler", handler).invoke(bootstrap, listener);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    String name = method.getName();
    if (arguments == null) {
      return name.equals("hashCode") ? System.identityHashCode(this) : "LoopbackListener";
    }
    if (name.equals("equals")) {
      return proxy == arguments[0];
    }
    if (name.equals("handlerAdded") || name.equals("handlerRemoved")) {
      return null;
    }
    Object[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
    Class<?>[] types =
        Arrays.copyOfRange(method.getParameterTypes(), 1, method.getParameterCount());
    if (name.equals("bind") && rest[0] instanceof InetSocketAddress any) {
      rest[0] = new InetSocketAddress(InetAddress.getLoopbackAddress(), any.getPort());
    }
    String onwards = name.equals("exceptionCaught") ? "fireExceptionCaught" : name;
    Class<?> context =
        Class.forName(
            "io.netty.channel.ChannelHandlerContext",
            true,
            method.getDeclaringClass().getClassLoader());
    try {
      return context.getMethod(onwards, types).invoke(arguments[0], rest);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
