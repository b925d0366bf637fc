package dev.sluice.gateway.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals that ask a process to end: the first is waited for, the second ends the process at
 * once, with 128 and its number as the exit code. Left to itself, Java would end with 143 after an
 * orderly stop and ignore a second signal during it.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final int ENDED_BY_SIGNAL = 128;
  private static final Map<String, Integer> NUMBERS = Map.of("TERM", 15, "INT", 2, "HUP", 1);

  private final AtomicInteger received = new AtomicInteger();
  private final CountDownLatch first = new CountDownLatch(1);
  private final Runnable onFirst;
  private final List<Runnable> restores = new ArrayList<>();

  private Signals(Runnable onFirst) {
    this.onFirst = onFirst;
  }

  /**
   * Takes over the process's signals.
   *
   * @param onFirst run once, on a thread of its own, before {@link #await} returns
   */
  static Signals handled(Runnable onFirst) {
    Signals signals = new Signals(onFirst);
    NUMBERS.forEach(signals::handle);
    return signals;
  }

  /**
   * By reflection: the compiler warns of sun.misc.Signal in a way that cannot be turned off, and
   * there is nothing else.
   */
  private void handle(String name, int number) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> answer(method, number));
      Method handle = signal.getMethod("handle", signal, handler);
      Object which = signal.getConstructor(String.class).newInstance(name);
      Object before = handle.invoke(null, which, ours);
      restores.add(() -> restore(handle, which, before));
    } catch (InvocationTargetException e) {
      // This system has no such signal, or whoever started us had it ignored: the usual holds.
      LOG.debug("Signal {} is not handled", name, e.getCause());
    } catch (ReflectiveOperationException e) {
      LOG.warn("Signals are not handled by this Java; stopping may end with another exit code", e);
    }
  }

  private static void restore(Method handle, Object signal, Object before) {
    try {
      handle.invoke(null, signal, before);
    } catch (ReflectiveOperationException e) {
      LOG.debug("{} stays handled", signal, e);
    }
  }

  private @Nullable Object answer(Method method, int number) {
    return switch (method.getName()) {
      case "handle" -> {
        received(number);
        yield null;
      }
      case "hashCode" -> System.identityHashCode(this);
      case "equals" -> false;
      default -> "Sluice's signals";
    };
  }

  private void received(int number) {
    if (received.incrementAndGet() > 1) {
      Runtime.getRuntime().halt(ENDED_BY_SIGNAL + number);
    }
    onFirst.run();
    first.countDown();
  }

  /** Waits for a first signal. */
  void await() throws InterruptedException {
    first.await();
  }

  /** Gives the signals back to who had them before. */
  void release() {
    restores.forEach(Runnable::run);
    restores.clear();
  }

  /** Whether one came. */
  boolean came() {
    return received.get() > 0;
  }
}
